import { randomBytes } from "node:crypto";
import { findingRecord, wasiRecords } from "../../bench/index.ts";
import type { FailureRecord, RecordLine, WasiCircumstances } from "../../bench/index.ts";
import { describeMachine } from "../../sys/index.ts";
import { wasSeen } from "./wasi-row.ts";
import type { ShownFinding, WasiRow } from "./wasi-row.ts";

/** Puts all results into records, as `bench` writes them: for files, pages and questions. */
export function wasiLines(
  rows: readonly WasiRow[],
  findings: readonly ShownFinding[],
  moduleSha256: string,
): RecordLine[] {
  const machine = describeMachine();
  const run = `wasi-${randomBytes(6).toString("hex")}`;
  const time = new Date().toISOString();
  const arms = [...new Set(rows.map(({ arm }) => arm))];
  const at = (row: WasiRow): WasiCircumstances => ({
    run,
    time,
    machine: machine.machine,
    moduleSha256,
    block: 0,
    arm: row.arm,
    armIndex: arms.indexOf(row.arm),
    family: row.family,
    module: row.load,
    size: row.sizeText,
  });
  return [
    { schema: "wasmscope-machine-1", ...machine },
    ...rows.flatMap((row): RecordLine[] =>
      wasSeen(row) ? wasiRecords(row, at(row)) : [failureOf(row, at(row))],
    ),
    ...findings.flatMap((finding) => {
      const row = rows.find((one) => isOf(finding, one));
      return row === undefined ? [] : [findingRecord(finding, at(row), row)];
    }),
  ];
}

function failureOf(
  { runtime, version, tier, failed }: Extract<WasiRow, { readonly failed: string }>,
  at: WasiCircumstances,
): FailureRecord {
  return {
    schema: "wasmscope-bench-failure-1",
    ...at,
    runtime,
    version,
    tier,
    level: "cold",
    process: 0,
    iteration: 0,
    failed: "unsupported",
    message: failed,
  };
}

function isOf(finding: ShownFinding, row: WasiRow): boolean {
  return (["runtime", "version", "tier", "load", "size"] as const).every(
    (key) => finding[key] === row[key],
  );
}
