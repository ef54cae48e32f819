import { diffRuns } from "../../collect/index.ts";
import {
  diffProfiles,
  findExcesses,
  formatDiff,
  formats,
  parseGrowthLimit,
  readProfile,
  writeDiffFolded,
  writeDiffJson,
  writeDiffSvg,
} from "../../profile/index.ts";
import type { Excess, GrowthLimit, Profile, ProfileDiff } from "../../profile/index.ts";
import { readZipped, writeOutput } from "../../sys/index.ts";
import { UsageError } from "../command.ts";
import type { Command, Io, Parsed } from "../command.ts";
import { positive } from "../files.ts";
import { checkOutputs } from "../outputs.ts";

/** Says that something grew by more than it may. */
const overLimit = 1;

/** Writers of a comparison by the endings of file names. */
const writers: readonly {
  readonly endings: readonly string[];
  readonly write: (diff: ProfileDiff, excesses: readonly Excess[]) => Uint8Array;
}[] = [
  { endings: [".svg"], write: writeDiffSvg },
  { endings: [".folded", ".collapsed", ".txt"], write: writeDiffFolded },
  {
    endings: [".json"],
    write: (diff, excesses) => new TextEncoder().encode(writeDiffJson(diff, excesses)),
  },
];

/** Compares profiles of two builds, and fails when the later one does too much more. */
export const diffCommand: Command = {
  name: "diff",
  summary: "Compare two profiles function by function, and fail when something grew too much.",
  usage: "BEFORE AFTER [options], or BEFORE… [options] -- AFTER…",
  manyOperands: true,
  options: [
    {
      name: "fail-over",
      value: "[FUNCTION=]PERCENT",
      multiple: true,
      help: "exit with 1 when something grew by more than this",
    },
    { name: "top", value: "N", help: "functions, and lines, that are shown (default: 20)" },
    {
      name: "output",
      short: "o",
      value: "FILE",
      multiple: true,
      help: "write the comparison: .svg (red grew, blue shrank), .folded (two counts a line), .json",
    },
    { name: "json", help: "print the comparison as JSON" },
    { name: "quiet", short: "q", help: "print nothing but what is over a limit" },
    { name: "help", short: "h", help: "print this help" },
  ],
  details: [
    `Profiles are in any format that can be read: ${formats
      .filter(({ read }) => read !== undefined)
      .map(({ name }) => name)
      .join(", ")}; - is stdin. Functions are found again by their names.`,
    "--fail-over 0.5% fails when the total grew by more than 0.5 % of what it was, or when any one",
    "function alone grew by more than 0.5 % of what the total was (so that a regression does not hide",
    "behind an improvement elsewhere). --fail-over 'parse*=0.5%' looks at each function of that name",
    "and its growth in percent of itself; '*=0.5%' at all functions. A new function has grown from nothing.",
    "Times and samples vary: of several runs of each build (BEFORE… -- AFTER…) the means are compared, and",
    "over a limit is what is so with 99 % confidence.",
    "Exit codes: 0 nothing is over a limit, 1 something is, 125 wasmscope itself failed.",
  ].join("\n"),
  examples: [
    ["what changed between two builds", "wasmscope diff before.json after.json"],
    ["a check for CI", "wasmscope diff --fail-over 0.5% baseline.json now.json"],
    ["times, of several runs", "wasmscope diff a1.json a2.json a3.json -- b1.json b2.json b3.json"],
    ["a picture of it", "wasmscope diff before.json after.json -o diff.svg"],
  ],
  run(parsed, io) {
    const { positionals, rest } = parsed;
    if (rest.length === 0 ? positionals.length !== 2 : positionals.length === 0) {
      throw new UsageError(`two profiles are compared, not ${positionals.length}`);
    }
    const top = positive(parsed.value("top") ?? "20", "top");
    const limits = parsed.values("fail-over").map(parseGrowthLimit);
    checkOutputs(parsed.values("output"), []);
    const outputs = parsed.values("output").map((file) => ({ file, write: writerOf(file) }));
    const { diff, excesses } = compare(positionals.map(readFile), rest.map(readFile), limits);
    for (const { file, write } of outputs) writeOutput(file, write(diff, excesses));
    report(diff, excesses, parsed, io, top);
    return excesses.length > 0 ? overLimit : 0;
  },
};

/** Compares two profiles, or several before with several after. */
function compare(
  first: readonly Profile[],
  second: readonly Profile[],
  limits: readonly GrowthLimit[],
): { readonly diff: ProfileDiff; readonly excesses: readonly Excess[] } {
  if (second.length > 0) return diffRuns(first, second, limits);
  const diff = diffProfiles(first[0]!, first[1]!);
  return { diff, excesses: findExcesses(diff, limits) };
}

function writerOf(file: string): (typeof writers)[number]["write"] {
  const found = writers.find(({ endings }) => endings.some((ending) => file.endsWith(ending)));
  if (found !== undefined) return found.write;
  const known = writers.flatMap(({ endings }) => endings).join(", ");
  throw new UsageError(`cannot tell the format of ${file} by its ending; there are ${known}`);
}

function readFile(path: string): Profile {
  const read = readProfile(readZipped(path));
  if (read !== null) return read.profile;
  throw new UsageError(
    `${path} holds no profile that wasmscope can read (wasmscope convert makes one of a log)`,
  );
}

function report(
  diff: ProfileDiff,
  excesses: readonly Excess[],
  parsed: Parsed,
  io: Io,
  top: number,
): void {
  if (parsed.flag("json")) return io.stdout(writeDiffJson(diff, excesses));
  if (parsed.flag("quiet")) {
    for (const { reason } of excesses) io.stderr(`wasmscope: over the limit: ${reason}\n`);
    return;
  }
  const colors = io.stdoutIsTerminal === true && (io.env["NO_COLOR"] ?? "") === "";
  io.stdout(formatDiff(diff, excesses, { width: io.width, colors, top }));
}
