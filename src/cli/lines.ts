import { dirname } from "node:path";
import { DecodeError } from "../bytes/index.ts";
import { findDebugFiles, sourceFinder } from "../collect/index.ts";
import { Refusal } from "../instrument/index.ts";
import { formatLines, linesOnTree, lineTotals, printable, totalValues } from "../profile/index.ts";
import type { Format, Profile } from "../profile/index.ts";
import { writeHtml } from "../report/index.ts";
import { openDebugInfo } from "../symbols/index.ts";
import type { DebugInfo } from "../symbols/index.ts";
import { decodeModule } from "../wasm/index.ts";
import type { Io, Option } from "./command.ts";

/** The options of commands that show source lines. */
export const lineOptions: readonly Option[] = [
  {
    name: "lines",
    help: "show source lines, too: needs debug data (-g) in the module or beside it",
  },
  {
    name: "sources",
    value: "DIR",
    multiple: true,
    help: "where source files lie that are not where the compiler found them",
  },
];

/** Says where debug data comes from. */
export const noDebugHint =
  "compile with -g (Rust: debug = true), or name the file that has it: --symbols FILE";

/** Makes a function that opens the debug data of a module when it is wanted, and says what of it is missing. */
export function debugInfoOf(
  bytes: Uint8Array,
  modulePath: string,
  symbols: string | undefined,
  io: Pick<Io, "stderr">,
): () => DebugInfo | undefined {
  return () => {
    const module = decodeModule(bytes);
    const say = (note: string): void => io.stderr(`wasmscope: no debug data: ${printable(note)}\n`);
    try {
      const { files, notes } = findDebugFiles(module, {
        modulePath,
        ...(symbols === undefined ? {} : { symbols }),
      });
      notes.forEach(say);
      return openDebugInfo(module, files);
    } catch (error) {
      // The guest has run by now: its profile is worth more than its lines.
      if (!(error instanceof Refusal || error instanceof DecodeError)) throw error;
      say(error.message);
      return undefined;
    }
  };
}

/** Gives the lines of the source files that debug data of a module names. */
export function sourcesOf(
  modulePath: string,
  folders: readonly string[],
): (file: string) => readonly string[] | undefined {
  const beside = modulePath === "-" ? [] : [dirname(modulePath)];
  return sourceFinder([...folders, ...beside, "."]);
}

/** Formats that have room for the lines of a call tree's nodes, and readers that do something with them. */
const formatsWithLines: readonly string[] = ["pprof", "callgrind", "cpuprofile", "json"];

/** Says whether a format shows the source lines of a run beside its call tree. */
export function holdsLines({ name }: Format): boolean {
  return name === "html" || formatsWithLines.includes(name);
}

/**
 * Lets a format show source lines with the call tree: the page beside it, with their sources, others on it. Leaves
 * those as they are that cannot, and all where the profile is one of lines already.
 */
export function withLines(
  format: Format,
  lines: Profile | undefined,
  sourceOf: (file: string) => readonly string[] | undefined,
): Format {
  if (lines === undefined) return format;
  if (formatsWithLines.includes(format.name)) {
    return {
      ...format,
      write: (profile) => format.write(profile === lines ? lines : linesOnTree(profile, lines)),
    };
  }
  if (format.name !== "html") return format;
  const sources = sourceTexts(lines, sourceOf);
  return { ...format, write: (profile) => writeHtml(profile, { lines, sources }) };
}

/** Reads the sources that the frames of a profile name, as far as they are found. */
export function sourceTexts(
  profile: Profile,
  sourceOf: (file: string) => readonly string[] | undefined,
): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const { file } of profile.frames) {
    if (file === undefined || texts.has(file)) continue;
    const text = sourceOf(file);
    if (text !== undefined) texts.set(file, text.join("\n"));
  }
  return texts;
}

/** Sets the hottest lines of a profile whose frames are lines, in their sources where these are found. */
export function linesText(
  profile: Profile,
  style: {
    readonly top: number;
    readonly width: number;
    readonly colors?: boolean;
    readonly sourceOf: (file: string) => readonly string[] | undefined;
  },
): string {
  const totals = lineTotals(profile);
  if (totals.length === 0) return "";
  const type = profile.valueTypes[profile.primary]!;
  const whole = totalValues(profile)[profile.primary]!;
  return `\n${formatLines(totals, { colors: false, ...style, type, whole })}`;
}
