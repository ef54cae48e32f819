// Measures how well the kernel measures WASI calls: times against the guest's own clock, counts, what watching costs and
// how long attaching takes, on every runtime that is here. Writes docs/results/wasi.md; `--quick` measures little and
// writes nothing, `--runtime NAME,…` takes only these.
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, release } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runtimes } from "../src/runtimes/index.ts";
import { calibrationFrom, measureCalls } from "../src/trace/index.ts";
import type { Calibration, MeasuredCall, ObservedRuntime } from "../src/trace/index.ts";
import { root } from "../test/root.ts";
import { measureAttaching } from "./bench-wasi-attach.ts";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    runtime: {
      type: "string",
      default: "node,wasmtime,wasmtime-cli,wazero,wasmi,wasmer,wasm3,wasm2c",
    },
  },
});

/** What the calibration is made from: only these are not judged by it. */
const calibrating =
  "clock_time_get clock_res_get fd_prestat_get environ_sizes_get fd_write fd_read fd_seek".split(
    " ",
  );
const judged = (
  "random_get sched_yield poll_oneoff fd_fdstat_get fd_filestat_get fd_pread fd_pwrite fd_readdir " +
  "path_filestat_get"
).split(" ");
/** Twelve for the counts. */
const counted = (
  "clock_time_get random_get fd_fdstat_get fd_filestat_get fd_prestat_get fd_pread fd_pwrite fd_read fd_write " +
  "fd_seek fd_tell path_filestat_get"
).split(" ");
const countedCalls = values.quick ? 2000 : 100_000;
const plan = { callsPerRound: 100, rounds: 25, repeats: values.quick ? 3 : 25 };
/** Below this, times are those of timed wrappers. */
const leastNs = 500;

interface Result {
  readonly title: string;
  readonly calibration: Calibration;
  readonly calls: readonly MeasuredCall[];
  /** What a call costs more when it is watched, by the guest's clock. */
  readonly perCallNs: number;
  readonly perSyscallNs: number;
  readonly differences: number;
  readonly countedFunctions: number;
  readonly attach: string;
}

async function measure(observed: ObservedRuntime): Promise<Result> {
  const { runtime, found, tier } = observed;
  const { calls } = await measureCalls(observed, {
    ...plan,
    functions: [...calibrating, ...judged],
  });
  const calibration = calibrationFrom(calls.filter(({ name }) => calibrating.includes(name)));
  const { counts } = await measureCalls(observed, {
    functions: counted,
    callsPerRound: countedCalls,
    rounds: 1,
    repeats: 1,
  });
  const cost = ({ costNs }: MeasuredCall): number => costNs;
  const middle = (costs: readonly number[]): number =>
    costs.toSorted((a, b) => a - b)[Math.floor(costs.length / 2)] ?? Number.NaN;
  const without = calls.filter(({ syscallsPerCall }) => syscallsPerCall < 0.01);
  const within = calls.filter(({ syscallsPerCall }) => syscallsPerCall > 0.99);
  const perCallNs = middle(without.map(cost));
  return {
    title: `${runtime.name} ${found.version} (${tier.name})`,
    calibration,
    calls,
    perCallNs,
    perSyscallNs: middle(within.map((one) => (cost(one) - perCallNs) / one.syscallsPerCall)),
    differences: counts.reduce((sum, { guest, kernel }) => sum + Math.abs(guest - kernel), 0),
    countedFunctions: counts.filter(({ guest }) => guest >= countedCalls).length,
    attach: await measureAttaching(observed),
  };
}

function correctedNs({ perCallNs, perSyscallNs }: Calibration, call: MeasuredCall): number {
  return call.trueNs + call.excessNs - perCallNs - perSyscallNs * call.syscallsPerCall;
}

function timeRows({ title, calibration, calls }: Result): string[] {
  return calls
    .filter(({ name }) => judged.includes(name))
    .map((call) => {
      const corrected = correctedNs(calibration, call);
      const band = calibration.perCallBandNs + calibration.perSyscallBandNs * call.syscallsPerCall;
      const off = (100 * (corrected / call.trueNs - 1)).toFixed(0);
      const cells = [call.trueNs, call.seenNs].map((ns) => ns.toFixed(0));
      const judgement = call.trueNs < leastNs ? `(${off} %)` : `${off} %`;
      return `| ${title} | ${call.name} | ${call.syscallsPerCall.toFixed(2)} | ${cells.join(" | ")} | ${corrected.toFixed(0)} ± ${band.toFixed(0)} | ${judgement} |`;
    });
}

function costRow(result: Result): string {
  const { title, calibration, perCallNs, perSyscallNs, differences, countedFunctions, attach } =
    result;
  const bias = `${calibration.perCallNs.toFixed(0)} ± ${calibration.perCallBandNs.toFixed(0)}`;
  const perSyscall = `${calibration.perSyscallNs.toFixed(0)} ± ${calibration.perSyscallBandNs.toFixed(0)}`;
  return `| ${title} | ${bias} | ${perSyscall} | ${perCallNs.toFixed(0)} | ${perSyscallNs.toFixed(0)} | ${countedFunctions} × ${countedCalls.toLocaleString("en")}: ${differences} | ${attach} |`;
}

function summary(results: readonly Result[]): string {
  const off = results.flatMap(({ calibration, calls }) =>
    calls
      .filter(({ name, trueNs }) => judged.includes(name) && trueNs >= leastNs)
      .map((call) => Math.abs(correctedNs(calibration, call) / call.trueNs - 1)),
  );
  const within = off.filter((share) => share <= 0.15).length;
  return `Of ${off.length} functions that take ${leastNs} ns or more, ${within} are within 15 % of the truth when corrected; the worst is ${(100 * Math.max(...off)).toFixed(0)} % off.`;
}

/** Whether other work on the machine waits for this: its scheduling policy, field 41 of what /proc says. */
function isRealTime(): boolean {
  const text = readFileSync("/proc/self/stat", "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return fields[38] === "1" || fields[38] === "2";
}

const results: Result[] = [];
const failures: string[] = [];
for (const name of values.runtime.split(",")) {
  const runtime = runtimes.find((one) => one.name === name);
  if (runtime === undefined) throw new Error(`no runtime has the name ${name}`);
  const found = await runtime.find();
  if (!found.found) {
    failures.push(`${name}: ${found.why}`);
    continue;
  }
  console.error(`${name} ${found.version}`);
  try {
    results.push(await measure({ runtime, found, tier: runtime.tiers[0]! }));
  } catch (error) {
    failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
const text = [
  "# How well the kernel measures WASI calls",
  "",
  `Node ${process.version}, Linux ${release()}, ${cpus().length} processors (${cpus()[0]?.model ?? "unknown"}), a shared machine${isRealTime() ? ", by `chrt -f`" : ""}.`,
  "Made by `npm run bench:wasi`.",
  "",
  "The truth is what the guest measures itself, around loops of calls, while nobody watches: medians of rounds of",
  `${plan.callsPerRound} calls, less the empty loop. Runs that are watched and runs that are not take turns. The calibration knows`,
  `${calibrating.map((name) => `\`${name}\``).join(", ")}; the functions below it has not seen.`,
  "",
  summary(results),
  "",
  "| runtime | function | system calls a call | true ns | as seen | corrected | off by |",
  "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
  ...results.flatMap(timeRows),
  "",
  `Where the true time is below ${leastNs} ns, in brackets: there, timed wrappers are the better way.`,
  "",
  "What a call's time has too much by the kernel's clock, and what each system call inside adds to it; what the guest",
  "loses by its own clock; the counts of the kernel against those of the guest; attaching to all functions that a",
  "runtime has, and detaching.",
  "",
  "| runtime | too much a call (ns) | a system call | cost a call (ns) | a system call | counts that differ | attach, detach |",
  "| --- | ---: | ---: | ---: | ---: | ---: | --- |",
  ...results.map(costRow),
  "",
  ...failures.map((failure) => `- not measured: ${failure}`),
  "",
].join("\n");
process.stdout.write(text);
if (!values.quick) writeFileSync(join(root, "docs", "results", "wasi.md"), text);
