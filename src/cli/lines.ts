import { dirname } from "node:path";
import { sourceFinder } from "../collect/index.ts";
import { formatLines, lineTotals, totalValues } from "../profile/index.ts";
import type { Profile } from "../profile/index.ts";
import { openDebugInfo } from "../symbols/index.ts";
import type { DebugInfo } from "../symbols/index.ts";
import { decodeModule } from "../wasm/index.ts";
import type { Option } from "./command.ts";

/** The options of commands that show source lines. */
export const lineOptions: readonly Option[] = [
  {
    name: "lines",
    help: "count source lines, too: needs debug data (-g) in the module or beside it",
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

/** Makes a function that opens the debug data of a module when it is wanted, once. */
export function debugInfoOf(bytes: Uint8Array): () => DebugInfo | undefined {
  let opened: { info: DebugInfo | undefined } | undefined;
  return () => (opened ??= { info: openDebugInfo(decodeModule(bytes)) }).info;
}

/** Gives the lines of the source files that debug data of a module names. */
export function sourcesOf(
  modulePath: string,
  folders: readonly string[],
): (file: string) => readonly string[] | undefined {
  const beside = modulePath === "-" ? [] : [dirname(modulePath)];
  return sourceFinder([...folders, ...beside, "."]);
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
  const unit = profile.valueTypes[profile.primary]!.name;
  const whole = totalValues(profile)[profile.primary]!;
  return `\n${formatLines(totals, { colors: false, ...style, unit, whole })}`;
}
