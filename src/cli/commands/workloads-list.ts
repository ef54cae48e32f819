import type { WorkloadRow } from "../../bench/workloads.ts";
import type { Io, Parsed } from "../command.ts";
import { workloadsNamed } from "../workload-choice.ts";

/** Lists workloads. */
export function listWorkloads(names: readonly string[], parsed: Parsed, io: Io): number {
  const rows = workloadsNamed(names);
  if (parsed.flag("json")) {
    io.stdout(`${JSON.stringify({ workloads: rows.map(about) }, undefined, 2)}\n`);
    return 0;
  }
  const columns = rows.map(({ name, group, sizes, standsFor }) => [
    name,
    group,
    Object.keys(sizes).join(" "),
    standsFor,
  ]);
  const widths = [0, 1, 2].map((at) => Math.max(...columns.map((row) => row[at]!.length)));
  const line = (row: readonly string[]): string =>
    row.map((cell, at) => (at < 3 ? cell.padEnd(widths[at]!) : cell)).join("  ");
  io.stdout(columns.map((row) => `${line(row)}\n`).join(""));
  return 0;
}

function about({ name, group, file, sizes, standsFor }: WorkloadRow): object {
  return { name, group, file, sizes, standsFor };
}
