// Follows one mechanism through the versions of wasmtime: does a write to a file wait for another thread? Runs over all
// versions of its library that are installed, and its command, and writes docs/results/wasi-history.md; `--install
// 17,18,…` fetches versions before, `--quick` measures little and writes nothing.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { installed, runtimes } from "../src/runtimes/index.ts";
import { root } from "../test/root.ts";
import { readHistory } from "../test/trace/history.ts";
import type { CallCosts, HistoryRow } from "../test/trace/history.ts";

const { values } = parseArgs({
  options: { install: { type: "string" }, quick: { type: "boolean", default: false } },
});
const count = values.quick ? 200 : 2000;

for (const version of values.install?.split(",") ?? []) {
  const wasmtime = runtimes.find(({ name }) => name === "wasmtime")!;
  if (installed("wasmtime").some((one) => one.version.startsWith(`${version}.`))) continue;
  await wasmtime.install!(version, (text) => console.error(text));
}

const byNumber = (a: string, b: string): number => a.localeCompare(b, "en", { numeric: true });
const selectors = ["wasmtime", "wasmtime-cli"].flatMap((name) =>
  installed(name)
    .map(({ version }) => version)
    .toSorted(byNumber)
    .map((version) => `${name}@${version}`),
);
const work = mkdtempSync(join(tmpdir(), "wasi-history-"));
const rows: HistoryRow[] = [];
const failures: string[] = [];
for (const selector of selectors) {
  try {
    rows.push(await readHistory(selector, work, count));
  } catch (error) {
    failures.push(`${selector}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
rmSync(work, { recursive: true, force: true });

const hops = ({ write }: HistoryRow): boolean => write.hops >= 0.5;

/** Says between which versions the mechanism came or went. */
function turns(name: string): string[] {
  const own = rows.filter(({ selector }) => selector.startsWith(`${name}@`));
  const [first] = own;
  if (first === undefined) return [];
  const changes = own.flatMap((row, nth) => {
    const before = own[nth - 1];
    if (before === undefined || hops(before) === hops(row)) return [];
    const verb = hops(row) ? "came" : "went";
    return [`it ${verb} between ${before.version} and ${row.version}`];
  });
  const start = hops(first) ? "has it" : "does not have it";
  return [`- ${name}: ${first.version} ${start}; ${changes.join("; ") || "no later one differs"}.`];
}

const number = (value: number): string =>
  value.toFixed(2).replace(/\.00$/, "").replace(/^-0$/, "0");
const microseconds = (ns: number): string => (ns / 1000).toFixed(1);
const cells = ({ timeNs, futexes, helperCalls, switches }: CallCosts): string[] => [
  microseconds(timeNs),
  number(futexes),
  number(helperCalls),
  number(switches),
];
const table = rows.map((row) =>
  [row.selector, hops(row) ? "**yes**" : "no", ...cells(row.write), ...cells(row.seek)].join(" | "),
);
const medianOf = (which: readonly HistoryRow[]): number => {
  const times = which.map(({ write }) => write.timeNs).toSorted((a, b) => a - b);
  return times[times.length >> 1] ?? 0;
};
const [withHop, without] = [rows.filter(hops), rows.filter((row) => !hops(row))];
const page = `# A thread hop for each write

Written by \`npm run wasi:history\`: wasmtime's issue 7973 of February 2024, a program that goes to a file's start and writes 13
bytes, ${count} times, on every version of wasmtime's library that was installed, through its C API (before 0.28 through its Python
package), and on its command. The kernel counts; times are medians of a call, with what counting costs.

${[...turns("wasmtime"), ...turns("wasmtime-cli")].join("\n")}

Where a write waits for another thread, its median time is ${microseconds(medianOf(withHop))} µs (the median of versions), where not, ${microseconds(medianOf(without))} µs. Another thread
does the work when it makes the system call on the file; each of these calls then wakes it by a futex and waits on one.

| version | hop | \`fd_write\`: µs | futex calls | calls of other threads | switches | \`fd_seek\`: µs | futex calls | calls of other threads | switches |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
${table.map((line) => `| ${line} |`).join("\n")}
${failures.length === 0 ? "" : `\nNot seen: ${failures.join("; ")}.\n`}`;
if (values.quick) console.log(page);
else writeFileSync(join(root, "docs/results/wasi-history.md"), page);
