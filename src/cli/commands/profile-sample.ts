import { superviseSampling } from "../../collect/index.ts";
import type { ProfileRun, SampleRunOptions, Supervision } from "../../collect/index.ts";
import { UsageError } from "../command.ts";
import type { Option, Parsed } from "../command.ts";
import { positive } from "../files.ts";

/** A look each millisecond: what V8's sampler can do for a few percent. */
const defaultRate = "1000";
const highestRate = 20_000;

/** The options of `profile` for mode `sample`. */
export const sampleOptions: readonly Option[] = [
  { name: "rate", value: "HZ", help: `samples a second in mode sample (default: ${defaultRate})` },
];

/** Runs a module as it is and samples where it spends its time. */
export function runSampled(
  parsed: Parsed,
  bytes: Uint8Array,
  common: Omit<SampleRunOptions, "rateHz">,
  supervision: Supervision,
): Promise<ProfileRun> {
  const rateHz = positive(parsed.value("rate") ?? defaultRate, "rate");
  if (rateHz > highestRate) throw new UsageError(`--rate goes up to ${highestRate}`);
  return superviseSampling(bytes, { ...common, rateHz }, supervision);
}
