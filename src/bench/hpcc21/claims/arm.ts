import { geometricMean } from "../../../stats/index.ts";
import type { Evidence } from "../evidence.ts";
import { untestable } from "./claim.ts";
import type { Claim } from "./claim.ts";

/** The claims about an ARM board (III-C): code can be compiled for it here, time cannot be measured. */
export const armClaims: readonly Claim[] = [
  {
    id: "arm-wasmtime-ahead",
    claim: "On ARM, Wasmtime is marginally faster than Wasmer, mostly on short jobs.",
    where: "III-C",
    evaluate: () => untestable("Times on ARM cannot be measured here: there is no ARM processor."),
  },
  {
    id: "arm-smaller-gap",
    claim: "On ARM, the gap between LLVM's and Cranelift's code is smaller than on x86-64.",
    where: "III-C",
    evaluate: (evidence) =>
      untestable(
        `Times on ARM cannot be measured here: there is no ARM processor.${sizes(evidence)}`,
      ),
  },
];

/** Metrics of code sizes by target, in bytes. */
export const codeMetrics = { here: "code-x86_64", arm: "code-aarch64" } as const;

/** What can be said of ARM: how large Cranelift's code is. */
function sizes({ samples }: Evidence): string {
  const of = (metric: string): Map<string, number> =>
    new Map(
      samples.records
        .filter((record) => record.metric === metric)
        .map(({ module, value }) => [module, value]),
    );
  const [here, arm] = [of(codeMetrics.here), of(codeMetrics.arm)];
  const both = [...here.keys()].filter((module) => arm.has(module));
  if (both.length === 0) return "";
  const ratio = geometricMean(both.map((module) => arm.get(module)! / here.get(module)!));
  return ` Cranelift's code for AArch64 has ${ratio.toFixed(2)} times the bytes of that for x86-64 (geometric mean of ${both.length} modules).`;
}
