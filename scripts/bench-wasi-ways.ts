// Measures what wrapping the imports of a module costs, and how far its times are from the truth: the guest's own clock
// around a hundred calls at a time, wrapped and not, in turn. Writes docs/results/wasi-ways.md; `--quick` measures little
// and writes nothing, `--runtime NAME,…` takes only these.
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, release, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readWasiTable, parseLastDump, wrappedMode, wrapWasi } from "../src/instrument/index.ts";
import type { WasiTable } from "../src/instrument/index.ts";
import { runtimes } from "../src/runtimes/index.ts";
import type { LaunchedBy } from "../src/runtimes/index.ts";
import { callsModule, parseCalls } from "../src/trace/calls-guest.ts";
import type { ObservedRuntime } from "../src/trace/index.ts";
import { quantileNs } from "../src/trace/times.ts";
import { wordRun } from "../src/trace/wrapped/word-run.ts";
import { root } from "../test/root.ts";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    runtime: { type: "string", default: "node,wasmtime-cli,wazero,wasmi,wasm3" },
  },
});

/** Calls without a system call on most runtimes, and calls with one. */
const without = ["clock_time_get", "environ_sizes_get", "fd_prestat_get"];
const within = ["fd_write", "fd_read", "fd_filestat_get", "path_filestat_get"];
const functions = [...without, ...within];
const [callsPerRound, rounds] = [100, 60];
const repeats = values.quick ? 2 : 7;
const pattern = 0x2b5d_91e3;
/** Below this, a call's time is mostly the clock's. */
const leastNs = 500;

const arms = ["plain", "timed", "word", "both"] as const;
type Arm = (typeof arms)[number];

/** Nanoseconds of one call, by function: the guest's own, and what the wrappers said. */
interface Seen {
  readonly perCallNs: ReadonlyMap<string, number>;
  readonly correctedNs: ReadonlyMap<string, number>;
}

async function runArm(arm: Arm, observed: ObservedRuntime, folder: string): Promise<Seen> {
  const { runtime, found, tier } = observed;
  const original = readFileSync(callsModule());
  const wrapped =
    arm === "plain"
      ? { bytes: original, functions: [] }
      : wrapWasi(original, {
          timed: arm !== "word",
          sink: "stderr",
          ...(arm === "timed" ? {} : { wordPattern: pattern }),
        });
  const module = join(folder, `${arm}.wasm`);
  writeFileSync(module, wrapped.bytes);
  const command = runtime.command(found, tier, {
    module,
    args: ["calls", String(callsPerRound), String(rounds), "nothing", ...functions],
    env: {},
    dirs: [{ host: folder, guest: "." }],
  });
  const report = join(folder, "report");
  const stdout = openSync(report, "w");
  const log =
    arm === "plain" || arm === "timed"
      ? runPlainly(command, stdout)
      : (
          await wordRun(command, pattern, {
            module,
            names: [],
            args: [],
            env: {},
            dirs: [],
            stdout,
          })
        ).text;
  closeSync(stdout);
  const { perCallNs } = parseCalls(readFileSync(report, "utf8"), callsPerRound);
  const words = parseLastDump(log, wrappedMode);
  const loop = low(perCallNs.get("nothing"));
  return {
    perCallNs: new Map(functions.map((name) => [name, low(perCallNs.get(name)) - loop])),
    correctedNs:
      words === undefined ? new Map() : corrected(readWasiTable(words, wrapped.functions)),
  };
}

function runPlainly({ file, args, env }: LaunchedBy, stdout: number): string {
  const { stderr } = spawnSync(file, args, {
    stdio: ["ignore", stdout, "pipe"],
    env: { ...process.env, ...env },
    encoding: "latin1",
  });
  return stderr;
}

function corrected({ functions: seen, clockNs }: WasiTable): Map<string, number> {
  return new Map(seen.map(({ name, histogram }) => [name, quantileNs(histogram, 0.5) - clockNs]));
}

/** A quarter of the rounds are quicker: the others were disturbed by other work, as means would be. */
function low(numbers: readonly number[] = []): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 2] ?? Number.NaN;
}

async function measure(observed: ObservedRuntime): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "wasi-ways-"));
  const seen = new Map<Arm, Seen[]>(arms.map((arm) => [arm, []]));
  try {
    for (let repeat = 0; repeat < repeats; repeat++) {
      for (const arm of arms) seen.get(arm)!.push(await runArm(arm, observed, folder));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const of = (arm: Arm, name: string): number =>
    low(seen.get(arm)!.map(({ perCallNs }) => perCallNs.get(name)!));
  const added = (arm: Arm, names: readonly string[]): number =>
    middle(names.map((name) => of(arm, name) - of("plain", name)));
  const errors = functions
    .filter((name) => of("plain", name) >= leastNs)
    .map((name) => {
      const told = low(seen.get("timed")!.map(({ correctedNs }) => correctedNs.get(name)!));
      return `${name} ${(100 * (told / of("plain", name) - 1)).toFixed(0)} %`;
    });
  const cells = [
    added("word", without).toFixed(0),
    added("word", within).toFixed(0),
    added("timed", functions).toFixed(0),
    added("both", within).toFixed(0),
    errors.join(", "),
  ];
  const { runtime, found } = observed;
  return `| ${runtime.name} ${found.version} | ${cells.join(" | ")} |`;
}

function middle(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}

const lines: string[] = [];
for (const name of values.runtime.split(",")) {
  const runtime = runtimes.find((one) => one.name === name);
  const found = await runtime?.find();
  if (runtime === undefined || found?.found !== true) {
    console.error(`${name} is not here`);
    continue;
  }
  const line = await measure({ runtime, found, tier: runtime.tiers[0]! });
  console.error(line);
  lines.push(line);
}
if (!values.quick) {
  const machine = `${cpus().length} processors, Linux ${release()}`;
  writeFileSync(
    join(root, "docs/results/wasi-ways.md"),
    `# What wrapping the imports costs

Made by \`npm run bench:wasi-ways\` (${machine}). Nanoseconds that a call takes longer than unwrapped, by the guest's own
clock: with the word alone, on calls without a system call and on calls with one (which the kernel counts); with two
readings of the clock; with both. Then how far the wrappers' corrected time of a call is from the truth, for calls of
${leastNs} ns or more (the median of the calls, from a histogram whose buckets are a quarter of an octave).

| runtime | word, ns a call | word and kernel, ns a call with a system call | timed, ns a call | both, ns a call with a system call | error of the time |
| --- | --: | --: | --: | --: | --- |
${lines.join("\n")}
`,
  );
}
