import { functionFrames, toProfile } from "../../collect/index.ts";
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
import { gunzip, readInput, sha256 } from "../../sys/index.ts";
import { coreModules, decodeModule, isComponent } from "../../wasm/index.ts";
import { UsageError } from "../command.ts";
import type { Command, Parsed } from "../command.ts";
import { outputFormat, positive, readModule, readSymbols, writeProfile } from "../files.ts";

/** Turns raw profiles and other formats into any format. */
export const convertCommand: Command = {
  name: "convert",
  summary: "Turn a raw profile from a log, or a profile in one format, into another format.",
  usage: "FILE [--module MODULE] [-o FILE]",
  options: [
    { name: "module", value: "MODULE", help: "the original module, for raw profiles" },
    {
      name: "output",
      short: "o",
      value: "FILE",
      multiple: true,
      help: "where it is written; the ending says the format",
    },
    { name: "format", value: "NAME", help: "format of the output whatever its ending" },
    { name: "symbols", value: "FILE", help: "names of functions: lines of index:name" },
    { name: "top", value: "N", help: "lines of the table without -o (default: 20)" },
    { name: "json", help: "print the profile as JSON on stdout" },
    { name: "help", short: "h", help: "print this help" },
  ],
  details: `Reads ${readableFormats.join(", ")} and logs with raw profiles; FILE may be - for stdin. Without -o it prints the table.`,
  examples: [
    ["a log to a flame graph", "wasmscope convert log.txt --module app.wasm -o app.svg"],
    ["pprof to speedscope", "wasmscope convert cpu.pb.gz -o cpu.speedscope.json"],
    ["folded stacks on stdout", "wasmscope convert app.json --format folded -o -"],
  ],
  run(parsed, io) {
    const path = parsed.positionals[0];
    if (path === undefined) throw new UsageError("which file?");
    const outputs = parsed
      .values("output")
      .map((file) => ({ file, format: outputFormat(file, parsed.value("format")) }));
    const top = positive(parsed.value("top") ?? "20", "top");
    const profile = readAny(gunzip(readInput(path)), path, parsed);
    for (const { file, format } of outputs) writeProfile(file, format, profile);
    if (parsed.flag("json")) {
      const json = formats.find(({ name }) => name === "json")!;
      io.stdout(`${new TextDecoder().decode(json.write(profile)).trimEnd()}\n`);
    } else if (outputs.length === 0) {
      io.stdout(formatTable(tableOf(profile, { top }), { width: io.width, colors: false }));
    }
    return 0;
  },
};

function readAny(bytes: Uint8Array, path: string, parsed: Parsed): Profile {
  const text = new TextDecoder().decode(bytes);
  if (new RegExp(`^${frameMark} `, "m").test(text)) return readRaw(text, parsed);
  const read = readProfile(bytes);
  if (read === null) throw new UsageError(`${path} holds no profile that wasmscope can read`);
  return read.profile;
}

function readRaw(text: string, parsed: Parsed): Profile {
  const modulePath = parsed.value("module");
  if (modulePath === undefined) {
    throw new UsageError("a raw profile needs the original module: --module MODULE");
  }
  const { bytes, module } = readModule(modulePath);
  const cores = (isComponent(bytes) ? coreModules(bytes) : [bytes]).map((core) => ({
    core,
    hash: sha256(core),
  }));
  const symbols = readSymbols(parsed.value("symbols"));
  const profiles = parseRawProfiles(text).map(({ mode, moduleId, words }) => {
    const own = cores.find(({ hash }) => moduleId === undefined || hash.startsWith(moduleId));
    if (own === undefined) {
      throw new UsageError(
        `the raw profile is of a module whose SHA-256 starts with ${moduleId}; that of ${modulePath} is ${module.sha256}`,
      );
    }
    const frameOf = functionFrames(decodeModule(own.core), symbols);
    return toProfile(readCounts(own.core, mode, words), module, frameOf);
  });
  return profiles.reduce(mergeProfiles);
}
