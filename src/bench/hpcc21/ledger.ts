import { Evidence } from "./evidence.ts";
import type { BenchRecord } from "../record.ts";
import { armClaims } from "./claims/arm.ts";
import { ledgerEntry } from "./claims/claim.ts";
import type { Claim, Finding, LedgerEntry } from "./claims/claim.ts";
import { fig5Claims } from "./claims/fig5.ts";
import { fig7Claims } from "./claims/fig7.ts";
import { fig8Claims } from "./claims/fig8.ts";
import { fig9Claims } from "./claims/fig9.ts";
import { laterClaims } from "./claims/later.ts";
import { nodefsClaims } from "./claims/nodefs.ts";
import { tableClaims } from "./claims/tables.ts";

/** All claims of the paper, in its order. */
export const claims: readonly Claim[] = [
  ...fig5Claims,
  ...armClaims,
  ...nodefsClaims,
  ...fig7Claims,
  ...fig8Claims,
  ...fig9Claims,
  ...tableClaims,
  ...laterClaims,
];

/** Judges every claim by the records. */
export function ledgerOf(records: readonly BenchRecord[]): LedgerEntry[] {
  const today = new Evidence(records);
  const then = today.old === undefined ? undefined : today.withOldWasmtime();
  return claims.map((claim) => {
    const found = claim.evaluate(today);
    const { evidence } = found;
    const old = then === undefined ? "" : beside(claim.evaluate(then), evidence);
    return ledgerEntry(claim, { ...found, evidence: `${evidence}${old}` });
  });
}

/** What the same claim comes to with the paper's own version of Wasmtime, where that makes a difference. */
function beside({ verdict, effect, interval, evidence }: Finding, today: string): string {
  if (evidence === today || effect === undefined || interval === undefined) return "";
  const { low, high } = interval;
  return ` With the paper's Wasmtime 0.19.0: ${verdict}, ${short(effect)} (${short(low)} to ${short(high)}).`;
}

const short = (value: number): string => value.toPrecision(3).replace(/\.0+$/, "");
