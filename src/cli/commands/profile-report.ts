import type { ProfileRunWithSources } from "../../collect/index.ts";
import type { Profile } from "../../profile/index.ts";
import {
  formatPaces,
  formats,
  formatTable,
  pacesOf,
  printable,
  tableOf,
} from "../../profile/index.ts";
import type { GuestEnd } from "../../runtimes/index.ts";
import type { Io, Parsed } from "../command.ts";
import { linesText, noDebugHint, withLines } from "../lines.ts";

/** What shells and runtimes make of an abort: 128 + SIGABRT. */
export const trapExitCode = 134;

/** What `timeout` ends with, and shells say of a process that a signal ended. */
const stopExitCodes = { timeout: 124, interrupt: 130, terminate: 143 } as const;

const mostStackFrames = 20;

const noSecondRun =
  "no counts beside the times: the guest was stopped or trapped, and was not run again to be counted";

const noPaces = "too few samples to say who is slow for its size: run longer, or --rate 5000";

/** Prints the report about a run on standard error, or as JSON on standard output. */
export function reportRun(
  run: ProfileRunWithSources,
  parsed: Parsed,
  io: Io,
  {
    top,
    sourceOf,
  }: {
    readonly top: number;
    readonly sourceOf: (file: string) => readonly string[] | undefined;
  },
): void {
  const { profile, lines, stack } = run;
  if (parsed.flag("json")) {
    const json = formats.find(({ name }) => name === "json")!;
    const { write } = withLines(json, lines, sourceOf);
    io.stdout(`${new TextDecoder().decode(write(profile)).trimEnd()}\n`);
    return;
  }
  const colors = io.stderrIsTerminal && (io.env["NO_COLOR"] ?? "") === "";
  const { width } = io;
  io.stderr(
    `\nwasmscope: ${printable(profile.module.name)}, mode ${profile.mode}, ${howText(run)}\n\n`,
  );
  const warning = fewSamplesWarning(profile);
  if (warning !== undefined) io.stderr(`${colors ? `\u001b[31m${warning}\u001b[0m` : warning}\n\n`);
  // Lines say it better than blocks.
  const table = tableOf(profile, { top, blocks: lines === undefined });
  io.stderr(formatTable(table, { width, colors }));
  const paces = pacesOf(profile);
  if (paces.length > 0) io.stderr(`\n${formatPaces(paces, { top, width })}`);
  else if (parsed.flag("join")) io.stderr(`\n${hasCounts(profile) ? noPaces : noSecondRun}\n`);
  if (lines !== undefined) io.stderr(linesText(lines, { width, top, colors, sourceOf }));
  else if (parsed.flag("lines")) io.stderr(`\nno source lines: ${noDebugHint}\n`);
  io.stderr(stackText(stack));
}

/** Samples below which a table of shares misleads. */
const fewSamples = 100;

/** Says how far off few samples may be: two standard deviations of a share of a half. */
function fewSamplesWarning({ mode, valueTypes, selfValues }: Profile): string | undefined {
  const column = valueTypes.findIndex(({ name }) => name === "samples");
  if (mode !== "sample" || column < 0) return undefined;
  const samples = selfValues[column]!.reduce((sum, value) => sum + value, 0);
  if (samples >= fewSamples) return undefined;
  const points = Math.min(Math.round(100 / Math.sqrt(samples)), 100);
  const found =
    samples === 0 ? "no samples" : `only ${samples} samples, shares may be off by ${points} points`;
  return `warning: ${found}: give the guest more to do, or look more often (--rate)`;
}

function hasCounts({ valueTypes }: Profile): boolean {
  return valueTypes.some(({ name }) => name === "instructions");
}

/** Sets the guest's stack, frames that repeat as one. */
function stackText(stack: ProfileRunWithSources["stack"]): string {
  const places: { readonly text: string; times: number }[] = [];
  for (const frame of stack) {
    const text = placeText(frame);
    const last = places.at(-1);
    if (last?.text === text) last.times++;
    else places.push({ text, times: 1 });
  }
  const shown = places
    .slice(0, mostStackFrames)
    .map(({ text, times }) => `    at ${text}${times > 1 ? `, ${times} times` : ""}\n`);
  const more = places.slice(mostStackFrames).reduce((sum, { times }) => sum + times, 0);
  return `${shown.join("")}${more > 0 ? `    … ${more} more\n` : ""}`;
}

function howText({ profile, growth }: ProfileRunWithSources): string {
  const size = `module size ${(growth.after / growth.before).toFixed(2)}x`;
  if (profile.mode === "sample") return "not rewritten";
  return profile.mode === "time" ? `measured; ${size}` : `exact; ${size}`;
}

function placeText(frame: ProfileRunWithSources["stack"][number]): string {
  const { name, file, line, offset, inlined } = frame;
  const place = `0x${offset.toString(16)}`;
  const source = file === undefined ? "" : `${file}${line === undefined ? "" : `:${line}`}, `;
  return printable(`${name}${inlined ? " [inlined]" : ""} (${source}${place})`);
}

/** Gives the exit code for the way a guest ended; prints what an invoked function returned by `print`. */
export function exitCodeOf(end: GuestEnd, print: Io["stdout"]): number {
  switch (end.kind) {
    case "exit":
      return end.code;
    case "returned":
      if (end.values.length > 0) print(`${end.values.join(" ")}\n`);
      return 0;
    case "trap":
      return trapExitCode;
    case "stopped":
      return stopExitCodes[end.reason];
  }
}
