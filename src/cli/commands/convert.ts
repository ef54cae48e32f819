import { functionFrames, lineProfile, toProfile } from "../../collect/index.ts";
import { frameMark, parseRawProfiles, readCounts } from "../../instrument/index.ts";
import {
  formats,
  formatTable,
  mergeProfiles,
  readableFormats,
  readProfile,
  tableOf,
} from "../../profile/index.ts";
import type { Profile } from "../../profile/index.ts";
import { readZipped, sha256 } from "../../sys/index.ts";
import { coreModules, decodeModule, isComponent } from "../../wasm/index.ts";
import { UsageError } from "../command.ts";
import type { Command, Io, Parsed } from "../command.ts";
import {
  debugInfoOf,
  lineOptions,
  linesText,
  noDebugHint,
  sourcesOf,
  withLines,
} from "../lines.ts";
import { inFile, outputFormat, positive, readModule, readSymbols, writeProfile } from "../files.ts";
import { checkOutputs, tellOutputs } from "../outputs.ts";
import { checkPush, pushIfAsked, pushOptions } from "../push.ts";

/** Turns raw profiles and other formats into any format. */
export const convertCommand: Command = {
  name: "convert",
  summary: "Turn a raw profile from a log, or a profile in one format, into another format.",
  usage: "FILE [--module MODULE] [-o FILE]",
  options: [
    {
      name: "module",
      value: "MODULE",
      help: "the original module, for raw profiles and for source lines",
    },
    {
      name: "output",
      short: "o",
      value: "FILE",
      multiple: true,
      help: "where it is written; the ending says the format",
    },
    { name: "format", value: "NAME", help: "format of the output whatever its ending" },
    ...lineOptions,
    { name: "symbols", value: "FILE", help: "names of functions: lines of index:name" },
    { name: "top", value: "N", help: "lines of the table without -o (default: 20)" },
    ...pushOptions,
    { name: "json", help: "print the profile as JSON on stdout" },
    { name: "help", short: "h", help: "print this help" },
  ],
  details: `Reads ${readableFormats.join(", ")} and logs with raw profiles; FILE may be - for stdin. Without -o it prints the table.`,
  examples: [
    ["a log to a flame graph", "wasmscope convert log.txt --module app.wasm -o app.svg"],
    ["pprof to speedscope", "wasmscope convert cpu.pb.gz -o cpu.speedscope.json"],
    ["folded stacks on stdout", "wasmscope convert app.json --format folded -o -"],
  ],
  async run(parsed, io) {
    const path = parsed.positionals[0];
    if (path === undefined) throw new UsageError("which file?");
    refuseIdle(parsed);
    checkPush(parsed);
    checkOutputs(parsed.values("output"), [parsed.value("module") ?? "-"]);
    const outputs = parsed
      .values("output")
      .map((file) => ({ file, format: outputFormat(file, parsed.value("format")) }));
    const top = positive(parsed.value("top") ?? "20", "top");
    const { profile, lines } = linesOf(readAny(readZipped(path), path, parsed), parsed, io);
    const sourceOf = sourcesOf(parsed.value("module") ?? "-", parsed.values("sources"));
    for (const { file, format } of outputs)
      writeProfile(file, withLines(format, lines, sourceOf), profile);
    // In scripts, silence says that it worked.
    if (io.stderrIsTerminal) tellOutputs(parsed.values("output"), io);
    if (parsed.flag("json")) {
      const json = formats.find(({ name }) => name === "json")!;
      const { write } = withLines(json, lines, sourceOf);
      io.stdout(`${new TextDecoder().decode(write(profile)).trimEnd()}\n`);
    } else if (outputs.length === 0 && parsed.value("push") === undefined) {
      io.stdout(formatTable(tableOf(profile, { top }), { width: io.width, colors: false }));
      if (lines !== undefined) io.stdout(linesText(lines, { width: io.width, top, sourceOf }));
    }
    await pushIfAsked(parsed, io, profile);
    return 0;
  },
};

/** Refuses options that would do nothing without another one. */
function refuseIdle(parsed: Parsed): void {
  if (parsed.value("format") !== undefined && parsed.values("output").length === 0) {
    throw new UsageError("--format is for -o");
  }
  if (parsed.values("sources").length > 0 && !parsed.flag("lines")) {
    throw new UsageError("--sources is for --lines");
  }
}

/** Reads a profile in any format, or a log with raw profiles. */
export function readAny(bytes: Uint8Array, path: string, parsed: Parsed): Profile {
  const text = new TextDecoder().decode(bytes);
  if (new RegExp(`^${frameMark} `, "m").test(text)) return readRaw(text, parsed);
  const read = readProfile(bytes);
  if (read === null) throw new UsageError(`${path} holds no profile that wasmscope can read`);
  return read.profile;
}

/** Books the blocks of a profile on source lines, where that is asked for. */
export function linesOf(
  profile: Profile,
  parsed: Parsed,
  io: Io,
): { profile: Profile; lines?: Profile } {
  if (!parsed.flag("lines")) return { profile };
  const path = parsed.value("module");
  if (path === undefined)
    throw new UsageError("--lines needs the original module: --module MODULE");
  if (profile.blocks === undefined) {
    throw new UsageError("the profile has no blocks: count them (--mode blocks) to know the lines");
  }
  const { bytes, module } = readModule(path);
  if (profile.module.sha256 !== module.sha256) {
    throw new UsageError(
      `the profile is of a module with SHA-256 ${profile.module.sha256 || "unknown"}; that of ${path} is ${module.sha256}`,
    );
  }
  const debug = debugInfoOf(bytes, path, parsed.value("symbols"), io)();
  if (debug === undefined) throw new UsageError(`${path} has no debug data: ${noDebugHint}`);
  const frameOf = functionFrames(decodeModule(bytes), readSymbols(parsed.value("symbols")));
  const lines = lineProfile(bytes, profile, debug, frameOf);
  return { profile: profile.mode === "tree" ? profile : lines, lines };
}

function readRaw(text: string, parsed: Parsed): Profile {
  const modulePath = parsed.value("module");
  if (modulePath === undefined) {
    throw new UsageError("a raw profile needs the original module: --module MODULE");
  }
  const { bytes, module } = readModule(modulePath);
  const cores = (isComponent(bytes) ? inFile(modulePath, () => coreModules(bytes)) : [bytes]).map(
    (core) => ({
      core,
      hash: sha256(core),
    }),
  );
  const symbols = readSymbols(parsed.value("symbols"));
  const profiles = parseRawProfiles(text).map(({ mode, moduleId, words }) => {
    const own = cores.find(({ hash }) => moduleId === undefined || hash.startsWith(moduleId));
    if (own === undefined) {
      throw new UsageError(
        `the raw profile is of a module whose SHA-256 starts with ${moduleId}; that of ${modulePath} is ${module.sha256}`,
      );
    }
    const core = inFile(modulePath, () => decodeModule(own.core));
    const frameOf = functionFrames(core, symbols);
    return toProfile(readCounts(own.core, mode, words), module, frameOf);
  });
  return profiles.reduce(mergeProfiles);
}
