import { untestable } from "./claim.ts";
import type { Claim } from "./claim.ts";

/** Claims whose experiments are not made here yet; their places in the ledger are kept. */
export const laterClaims: readonly Claim[] = [
  later(
    "fig6-register-moves",
    "Cranelift's code has register moves without use, which LLVM's has not.",
    "Fig. 6, Listings 1-3",
  ),
  later(
    "fig6-memory-operands",
    "Cranelift loads, adds and stores where LLVM uses an operand in memory.",
    "Fig. 6, Listings 1-3",
  ),
  later(
    "fig6-instruction-choice",
    "Cranelift spells a compare and jump with more instructions than needed, and needless REX prefixes.",
    "Fig. 6, Listings 1-3",
  ),
  later(
    "table2-hybrid",
    "Choosing the runtime for each request is 16.9, 2.8, 1.5 and 3.8 times as fast as WAVM, Wasmtime, Lucet and Wasmer alone.",
    "Fig. 10, Table II",
  ),
  later(
    "table3-predictors",
    "Measured misprediction falls from 16-25 % (two bits) over 5-7 % (bi-mode) to 2-4 % (tournament).",
    "Table III",
  ),
  later(
    "fig11-icache",
    "The size of the I-cache matters more than that of the D-cache.",
    "Fig. 11",
  ),
  later(
    "fig11-cranelift-icache",
    "Code of Wasmtime suffers more from a small I-cache than WAVM's; D-cache misses are alike.",
    "Fig. 11",
  ),
];

function later(id: string, claim: string, where: string): Claim {
  return {
    id,
    claim,
    where,
    evaluate: () => untestable("Its experiment comes with another part of this project."),
  };
}
