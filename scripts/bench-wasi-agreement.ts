// Compares the ways of watching WASI calls with each other in one and the same run: probes on the runtime's functions,
// and clocks around the guest's imports, with the guest's word read at each system call. Writes
// docs/results/wasi-agreement.md; `--quick` measures little and writes nothing, `--runtime NAME,…` takes only these.
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, release } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runtimes } from "../src/runtimes/index.ts";
import { median } from "../src/stats/index.ts";
import { calibrationOf } from "../src/trace/index.ts";
import type { Calibration, ObservedRuntime } from "../src/trace/index.ts";
import { callsModule } from "../src/trace/calls-guest.ts";
import { syscallCostNs } from "../src/trace/wrapped/syscall-cost.ts";
import { root } from "../test/root.ts";
import { watchInAllWays } from "../test/trace/one-run.ts";
import type { OneRun, SeenBy } from "../test/trace/one-run.ts";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    runtime: {
      type: "string",
      default: "node,wasmtime,wasmtime-cli,wazero,wasmi,wasmer,wasm3,wasm2c,wamr",
    },
  },
});
const functions =
  "fd_read fd_pread fd_pwrite fd_filestat_get fd_readdir fd_fdstat_get path_filestat_get poll_oneoff".split(
    " ",
  );
const [callsPerRound, rounds] = [100, 100];
const repeats = values.quick ? 1 : 5;
/** Below this, a call's time is mostly the way to it. */
const leastNs = 500;
const most = 0.15;

/** A call of a function in one run, by both, corrected. */
interface Pair {
  readonly probesNs: number;
  readonly wrappersNs: number;
}

/** Takes off what watching in all ways at once adds: within a call, and by the probe outside of what it measures. */
function pairOf(
  probes: SeenBy,
  wrappers: SeenBy,
  clockNs: number,
  { perCallNs, perCallOutsideNs, perSyscallNs }: Calibration,
): Pair {
  const perSyscall = perSyscallNs + syscallCostNs();
  const inside = (probes.syscalls / probes.calls) * perSyscall;
  const probed = perCallNs + inside;
  return {
    probesNs: probes.ns / probes.calls - probed,
    wrappersNs: wrappers.ns / wrappers.calls - clockNs - perCallOutsideNs - probed,
  };
}

interface Result {
  readonly lines: readonly string[];
  readonly off: readonly number[];
  readonly differences: number;
}

async function measure(observed: ObservedRuntime): Promise<Result> {
  const { runtime, found, tier } = observed;
  const args = ["calls", String(callsPerRound), String(rounds), ...functions];
  const bytes = readFileSync(callsModule());
  const runs: OneRun[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    runs.push(await watchInAllWays(observed, { bytes, args }));
  }
  const calibration = await calibrationOf(observed, runs[0]!.path);
  const off: number[] = [];
  let differences = 0;
  const lines = functions.flatMap((name) => {
    const seen = runs.flatMap((run) => {
      const one = run.functions.find((each) => each.name === name);
      return one === undefined || one.wrappers.calls < callsPerRound * rounds
        ? []
        : [{ ...one, clockNs: run.clockNs }];
    });
    if (seen.length === 0) return [];
    for (const { probes, wrappers } of seen) {
      differences += Math.abs(probes.calls - wrappers.calls);
      differences += Math.abs(probes.syscalls - wrappers.syscalls);
    }
    const pairs = seen.map(({ probes, wrappers, clockNs }) =>
      pairOf(probes, wrappers, clockNs, calibration),
    );
    const probesNs = median(pairs.map((one) => one.probesNs));
    const wrappersNs = median(pairs.map((one) => one.wrappersNs));
    // Each run is compared with itself: what disturbs it is in both times.
    const share = median(pairs.map((one) => one.wrappersNs / one.probesNs - 1));
    const isLong = Math.min(probesNs, wrappersNs) >= leastNs;
    if (isLong) off.push(Math.abs(share));
    const { probes, wrappers } = seen[0]!;
    const percent = `${(100 * share).toFixed(0)} %`;
    const cells = [
      `${runtime.name} ${found.version} (${tier.name})`,
      name,
      `${probes.calls} / ${wrappers.calls}`,
      `${probes.syscalls} / ${wrappers.syscalls}`,
      probesNs.toFixed(0),
      wrappersNs.toFixed(0),
      isLong ? percent : `(${percent})`,
    ];
    return [`| ${cells.join(" | ")} |`];
  });
  return { lines, off, differences };
}

const results: Result[] = [];
const failures: string[] = [];
for (const name of values.runtime.split(",")) {
  const runtime = runtimes.find((one) => one.name === name);
  const found = await runtime?.find();
  if (runtime === undefined || found?.found !== true) {
    failures.push(`- ${name} is not here`);
    continue;
  }
  console.error(`${name} ${found.version}`);
  try {
    results.push(await measure({ runtime, found, tier: runtime.tiers[0]! }));
  } catch (error) {
    failures.push(`- ${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
const off = results.flatMap((one) => one.off);
const within = off.filter((share) => share <= most).length;
const differences = results.reduce((all, one) => all + one.differences, 0);
const text = `# Whether the ways of watching agree

Made by \`npm run bench:wasi-agreement\` (Node ${process.version}, Linux ${release()}, ${cpus().length} processors). One process is watched in all ways at
once: by probes on the runtime's functions, by clocks around the guest's imports, and by the guest's word, which the kernel
reads at each system call. Times are those of one call, corrected for all of that: the probes' by the calibration that
\`wasmscope wasi\` uses, the wrappers' by the clock as they measure it in place, and by what a probe costs the guest. Each
run of ${repeats} is compared with itself; medians are shown.

Counts of calls and of system calls inside of them differ by ${differences} in all runs. Of ${off.length} functions that take ${leastNs} ns or
more, ${within} agree within ${100 * most} % (others in brackets)${off.length === 0 ? "" : `; the worst differ by ${(100 * Math.max(...off)).toFixed(0)} %`}.

| runtime | function | calls: probes / wrappers | system calls: probes / word | probes, ns | wrappers, ns | differ by |
| --- | --- | --: | --: | --: | --: | --: |
${results.flatMap(({ lines }) => lines).join("\n")}
${failures.length === 0 ? "" : `\n${failures.join("\n")}\n`}`;
process.stdout.write(text);
if (!values.quick) writeFileSync(join(root, "docs/results/wasi-agreement.md"), text);
