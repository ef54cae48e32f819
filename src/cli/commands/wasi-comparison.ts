import type { ObservedFunction } from "../../trace/index.ts";
import { durationText, paint, perCallText, setColumns, wrapped } from "./wasi-columns.ts";
import type { Column, WasiStyle } from "./wasi-columns.ts";
import { judgedNs, rowName, syscallCount, wasSeen } from "./wasi-row.ts";
import type { ShownFinding, WasiRow } from "./wasi-row.ts";

/** A function on one runtime, beside the quickest. */
interface Compared {
  /** Empty behind the first line of a function. */
  readonly title: string;
  readonly runtime: string;
  readonly seen: ObservedFunction;
  readonly ratio: number;
}

const columns: readonly Column<Compared>[] = [
  { title: "function", weight: 10, isName: true, cell: ({ title }) => title },
  { title: "runtime", weight: 10, isName: true, cell: ({ runtime }) => runtime },
  { title: "calls", weight: 6, cell: ({ seen }) => seen.calls.toLocaleString("en") },
  { title: "a call", weight: 9, cell: ({ seen }) => durationText(judgedNs(seen) / seen.calls) },
  { title: "to the best", weight: 8, cell: ({ ratio }) => ratioText(ratio) },
  {
    title: "syscalls a call",
    weight: 7,
    cell: ({ seen }) => perCallText(syscallCount(seen.syscalls) / seen.calls),
  },
  {
    title: "hops a call",
    weight: 5,
    cell: ({ seen }) => perCallText((seen.threadHops ?? 0) / seen.calls),
  },
];

/** Sets the functions of several runtimes beside each other, one load after the other; nothing for a single runtime. */
export function comparisonText(rows: readonly WasiRow[], style: WasiStyle): string {
  const loads = new Set(rows.map(loadName));
  return [...loads]
    .map((load) => {
      const own = rows.filter((row) => loadName(row) === load);
      const compared = comparedRows(own, style.top);
      if (compared.length === 0) return "";
      const title = paint("1", "Runtimes beside each other", style.colors);
      const of = loads.size > 1 ? `, ${load}` : "";
      return `\n${title}${of}\n${setColumns(compared, columns, style).join("\n")}\n`;
    })
    .join("");
}

const loadName = ({ load, sizeText }: WasiRow): string => `${load} ${sizeText}`.trim();

/** Sets findings as paragraphs; nothing where there are none. */
export function findingsText(findings: readonly ShownFinding[], style: WasiStyle): string {
  if (findings.length === 0) return "";
  const lines = findings
    .toSorted((a, b) => b.factor - a.factor)
    .flatMap(({ runtime, version, function: name, kind, evidence, cause, factor }) => [
      `  ${paint("33", `${runtime} ${version}`, style.colors)} ${name}: ${kind}, ${ratioText(factor)}`,
      ...wrapped(evidence, style.width, "    "),
      ...wrapped(cause, style.width, "    "),
    ]);
  return `\n${paint("1", "What stands out", style.colors)}\n${lines.join("\n")}\n`;
}

function comparedRows(rows: readonly WasiRow[], top = Infinity): Compared[] {
  const all = rows
    .filter(wasSeen)
    .flatMap((row) => row.functions.map((seen) => ({ runtime: rowName(row), seen })))
    .filter(({ seen }) => seen.calls > 0);
  const names = [...new Set(all.map(({ seen }) => seen.name))];
  const groups = names
    .map((name) => all.filter(({ seen }) => seen.name === name))
    .filter((own) => own.length > 1)
    .toSorted((a, b) => heaviness(b) - heaviness(a));
  return groups.slice(0, top).flatMap((own) => {
    const times = own.map(({ seen }) => judgedNs(seen) / seen.calls);
    const best = Math.min(...times.filter((time) => time > 0));
    return own.map(({ runtime, seen }, nth) => ({
      title: nth === 0 ? seen.name : "",
      runtime,
      seen,
      ratio: times[nth]! / best,
    }));
  });
}

/** A single call that was interrupted for long makes no function heavy. */
function heaviness(own: readonly { readonly seen: ObservedFunction }[]): number {
  const times = own.map(({ seen }) => judgedNs(seen)).toSorted((a, b) => a - b);
  return times[Math.floor((times.length - 1) / 2)] ?? 0;
}

function ratioText(ratio: number): string {
  if (!Number.isFinite(ratio)) return "";
  return `${ratio >= 100 ? ratio.toFixed(0) : ratio.toFixed(2)}x`;
}
