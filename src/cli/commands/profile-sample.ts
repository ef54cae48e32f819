import { joinedRun, nodePerfRun, superviseSampling, wasmtimeRun } from "../../collect/index.ts";
import type { ProfileRun, SampleRunOptions, Supervision, Travelling } from "../../collect/index.ts";
import type { DebugInfo } from "../../symbols/index.ts";
import { UsageError } from "../command.ts";
import type { Option, Parsed } from "../command.ts";
import { oneOf, positive } from "../files.ts";

/** Costs 1 to 2 percent of most programs (docs/results/sample.md); a thousand costs 4 to 12. */
const defaultRate = "200";
/** With `--join` the time of each function matters, and what looking costs does not. */
const joinRate = "1000";
const highestRate = 20_000;

/** Who runs the guest, and samples it: V8, wasmtime's guest profiler, or perf for both. */
const runtimes = ["node", "node:perf", "wasmtime", "wasmtime:perf"] as const;

/** The options of `profile` for mode `sample`. */
export const sampleOptions: readonly Option[] = [
  {
    name: "rate",
    value: "HZ",
    help: `samples a second in mode sample (default: ${defaultRate}, ${joinRate} with --join)`,
  },
  {
    name: "runtime",
    value: "NAME",
    help: `who runs it: NAME[@VERSION][:TIER] (wasmscope runtimes list); in mode sample ${runtimes.join(", ")}`,
  },
  {
    name: "join",
    help: "run the guest twice with the same input: sampled, then counted, and say who is slow for its size",
  },
];

/** Runs a module as it is, or twice with `--join`, and samples where it spends its time. */
export function runSampled(
  parsed: Parsed,
  bytes: Uint8Array,
  common: Omit<Travelling<SampleRunOptions>, "rateHz">,
  supervision: Supervision,
  debugInfo: () => DebugInfo | undefined,
): Promise<ProfileRun> {
  const rateHz = positive(
    parsed.value("rate") ?? (parsed.flag("join") ? joinRate : defaultRate),
    "rate",
  );
  if (rateHz > highestRate) throw new UsageError(`--rate goes up to ${highestRate}`);
  const runtime = oneOf(parsed.value("runtime") ?? "node", runtimes, "runtime in mode sample");
  if (runtime !== "node") {
    const { timeoutMs } = supervision;
    const options = { ...common, rateHz, ...(timeoutMs && { timeoutMs }) };
    if (runtime === "node:perf") return nodePerfRun(bytes, options);
    const debug = parsed.flag("lines") ? debugInfo() : undefined;
    const sampler = runtime === "wasmtime" ? "guest" : "perf";
    return wasmtimeRun(bytes, { ...options, sampler, ...(debug && { debug }) });
  }
  if (parsed.flag("join")) return joinedRun(bytes, { ...common, rateHz }, supervision);
  return superviseSampling(bytes, { ...common, rateHz }, supervision);
}
