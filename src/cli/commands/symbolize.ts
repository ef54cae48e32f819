import { basename } from "node:path";
import { ModuleFunctions, moduleHashes, symbolizeProfile } from "../../collect/index.ts";
import type { Symbolized, SymbolizeReport } from "../../collect/index.ts";
import { formatOf, formats, readProfile } from "../../profile/index.ts";
import type { Format } from "../../profile/index.ts";
import { parsePerfMap, parseSymbolMap } from "../../symbols/index.ts";
import type { DebugFiles } from "../../symbols/index.ts";
import { gzip, readInput, readZipped, writeOutput } from "../../sys/index.ts";
import { UsageError } from "../command.ts";
import type { Command } from "../command.ts";
import { inFile, outputFormat, writeProfile } from "../files.ts";
import { checkOutputs } from "../outputs.ts";

/** Gives names to functions in profiles of other tools. */
export const symbolizeCommand: Command = {
  name: "symbolize",
  summary: "Name the functions in a profile that says wasm-function[12], and give them lines.",
  usage: "PROFILE --wasm FILE [-o FILE]",
  options: [
    { name: "wasm", value: "FILE", help: "the module with its names, not stripped" },
    {
      name: "symbols",
      value: "FILE",
      multiple: true,
      help: "more: lines of index:name, a Wasm file with DWARF, or a source map",
    },
    { name: "perf-map", value: "FILE", help: "/tmp/perf-PID.map, for what perf left [unknown]" },
    { name: "output", short: "o", value: "FILE", help: "where it is written (default: stdout)" },
    { name: "format", value: "NAME", help: "format of the output (default: that of the profile)" },
    { name: "force", help: "take the module although the profile has another hash" },
    { name: "help", short: "h", help: "print this help" },
  ],
  details: `Reads .cpuprofile files of Node and Chrome, Firefox profiles, the text of perf script, pprof,
speedscope and folded stacks. The output is in the same format, with everything else as it was, unless
its ending or --format asks for another one.`,
  examples: [
    ["node --cpu-prof", "wasmscope symbolize x.cpuprofile --wasm app.wasm -o named.cpuprofile"],
    ["a flame graph of what wasmtime wrote", "wasmscope symbolize p.json --wasm app.wasm -o p.svg"],
    [
      "perf with node --perf-basic-prof",
      "perf script | wasmscope symbolize - --wasm app.wasm -o named.txt",
    ],
  ],
  run(parsed, io) {
    const path = parsed.positionals[0];
    const wasm = parsed.value("wasm");
    if (path === undefined) throw new UsageError("which profile?");
    if (wasm === undefined) throw new UsageError("names come from the module: --wasm FILE");
    const output = parsed.value("output") ?? "-";
    checkOutputs([output], [wasm, ...parsed.values("symbols")]);
    const bytes = readInput(wasm);
    const files = readFiles(parsed.values("symbols"));
    const functions = inFile(wasm, () => new ModuleFunctions(bytes, basename(wasm), files));
    const mapPath = parsed.value("perf-map");
    const symbolized = symbolizeProfile(readZipped(path), {
      functions,
      ...(!parsed.flag("force") && { hashes: moduleHashes(bytes) }),
      ...(mapPath !== undefined && { perfMap: parsePerfMap(textOf(readInput(mapPath))) }),
    });
    if (symbolized === null) {
      throw new UsageError(`${path} holds no profile that wasmscope can read`);
    }
    const wanted = otherFormat(output, parsed.value("format"), symbolized.format);
    if (wanted === undefined) writeSame(output, symbolized);
    else writeProfile(output, wanted, readProfile(symbolized.bytes)!.profile);
    for (const line of reportLines(symbolized.report)) io.stderr(`wasmscope: ${line}\n`);
    return 0;
  },
};

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** Tells by content what a file of symbols is. */
function readFiles(
  paths: readonly string[],
): DebugFiles & { readonly symbols?: ReadonlyMap<number, string> } {
  const files: {
    symbols?: ReadonlyMap<number, string>;
    companion?: Uint8Array;
    sourceMap?: string;
  } = {};
  for (const path of paths) {
    const bytes = readInput(path);
    if (textOf(bytes.subarray(0, 4)) === "\0asm") files.companion = bytes;
    else if (/^\s*\{/.test(textOf(bytes.subarray(0, 64)))) files.sourceMap = textOf(bytes);
    else files.symbols = inFile(path, () => parseSymbolMap(textOf(bytes)));
  }
  return files;
}

/** Endings that say too little to ask for another format than the profile's own. */
const vague = /\.(?:json|txt)$/i;
const precise = /\.(?:firefox|speedscope|trace)\.json$/i;

/** The format of the output, undefined for that of the profile. */
function otherFormat(output: string, name: string | undefined, own: string): Format | undefined {
  if (name !== undefined) return name === own ? undefined : outputFormat(output, name);
  if (output === "-" || (vague.test(output) && !precise.test(output))) return undefined;
  const format = formatOf(output);
  return format?.name === own ? undefined : format;
}

function writeSame(output: string, { bytes, format }: Symbolized): void {
  const zipped =
    formats.find(({ name }) => name === format)?.gzip === true || output.endsWith(".gz");
  writeOutput(output, zipped ? gzip(bytes) : bytes);
}

function reportLines({ named, withLines, reasons }: SymbolizeReport): string[] {
  if (named === 0 && reasons.size === 0) {
    return ["no function without a name was found: nothing was changed"];
  }
  const lines = withLines === 0 ? "" : `, ${withLines} with file and line`;
  return [
    `${named} functions named${lines}`,
    ...[...reasons].map(([reason, count]) => `${reason} (${count})`),
  ];
}
