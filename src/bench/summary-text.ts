import type { Interval } from "../stats/index.ts";
import { metrics } from "./metrics.ts";
import type { ArmSummary, Comparison, Summary } from "./summary.ts";

const levels = {
  cold: "cold: a fresh process",
  warm: "warm: a fresh instance of a kept module",
  hot: "hot: a call of a kept instance",
} as const;

/** Writes a time with three digits and the unit that fits: `1.23 ms`. */
export function timeText(ns: number): string {
  const [unit, size] = unitOf(ns);
  return `${digits(ns / size)} ${unit}`;
}

/** Writes a ratio with as many digits as it is worth: `0.987x`, `12.3x`. */
export function ratioText(ratio: number): string {
  return `${digits(ratio)}x`;
}

/** Writes bytes with three digits: `48.3 MB` (powers of ten). */
export function bytesText(bytes: number): string {
  if (bytes < 1e3) return `${bytes} B`;
  if (bytes < 1e6) return `${digits(bytes / 1e3)} kB`;
  return bytes < 1e9 ? `${digits(bytes / 1e6)} MB` : `${digits(bytes / 1e9)} GB`;
}

/** Sets a summary as a table of its arms, with their phases and failures below; each line with its end. */
export function summaryText(summary: Summary, title: string): string {
  const { arms, level } = summary;
  const rows = arms.map((arm) => rowOf(arm, arm === arms[0]));
  const lines = [
    `${title}  ${levels[level]}`,
    ...aligned([headOf(arms), ...rows]).map((line) => `  ${line}`),
    ...arms.flatMap((arm) => phaseLines(arm)),
    ...summary.counts.map(countLine),
    ...arms.flatMap((arm) => failureLines(arm)),
    ...noiseLines(summary),
  ];
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

function headOf(arms: readonly ArmSummary[]): string[] {
  const level = arms.find(({ wall }) => wall !== undefined)?.wall?.level ?? 0.99;
  return ["", "median", levelText(level), "ratio", levelText(level), "", "CPU", "", "memory"];
}

function rowOf(arm: ArmSummary, isFirst: boolean): string[] {
  const { wall, ratio, cpuNs, cpuRatio } = arm;
  if (wall === undefined) return [arm.arm, "-"];
  const memory = arm.others.find(({ metric }) => metric.endsWith("peak-memory"))?.median;
  return [
    arm.arm,
    timeText(wall.estimate),
    rangeText(wall),
    isFirst ? "1" : ratio === undefined ? "-" : ratioText(ratio.estimate),
    ratio === undefined ? "" : `${digits(ratio.low)} to ${digits(ratio.high)}`,
    ratio === undefined ? "" : verdict(ratio),
    cpuNs === undefined ? "" : timeText(cpuNs),
    cpuRatio === undefined ? "" : ratioText(cpuRatio.estimate),
    memory === undefined ? "" : bytesText(memory),
  ];
}

/**
 * Says in a word whether a difference was found. With a question mark: not if all comparisons of the run are considered,
 * of which one in a hundred may differ by chance.
 */
export function verdict({ p, correctedP, estimate, level }: Comparison): string {
  const alpha = 1 - Math.max(level, 0.99) + 1e-12;
  if (!(p < alpha)) return "no difference found";
  return `${estimate > 1 ? "slower" : "faster"}${correctedP < alpha ? "" : "?"}`;
}

function phaseLines({ arm, phases }: ArmSummary): string[] {
  const parts = phases.filter(({ metric }) => !/^(?:total|steady-call)$/.test(metric));
  if (parts.length === 0) return [];
  const titles = new Map(metrics.map(({ name, title }) => [name, title]));
  const texts = parts.map(({ metric, medianNs }) => {
    return `${titles.get(metric) ?? metric} ${timeText(Math.max(0, medianNs))}`;
  });
  return [`  phases of ${arm}: ${texts.join(", ")}`];
}

function countLine({ arm, metric, value }: Summary["counts"][number]): string {
  const grouped = String(value).replaceAll(/\B(?=(\d{3})+$)/g, ",");
  const title = metrics.find(({ name }) => name === metric)?.title ?? metric;
  return `  ${title} of ${arm === "module" ? "the module" : arm}: ${grouped}`;
}

function failureLines({ arm, failures }: ArmSummary): string[] {
  return failures.map(({ failed, message, count }) => {
    const times = count > 1 ? ` (${count} times)` : "";
    return `  ${arm}: ${failed}${times}: ${message.replaceAll(/\s*\n\s*/g, "; ")}`;
  });
}

function noiseLines({ disturbed, leftOut, load }: Summary): string[] {
  const lines: string[] = [];
  if (disturbed > 0) {
    const then = leftOut ? "they were measured again" : "too many to leave them out";
    lines.push(`  other guests of this machine disturbed ${disturbed} blocks: ${then}`);
  }
  if (load !== undefined && load > 1) {
    lines.push(`  up to ${load} other threads ran when blocks began: times are of a busy machine`);
  }
  return lines;
}

/** Sets cells in columns: the first to the left, all others to the right. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  }
  return rows.map((row) =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[at]!)))
      .join("  ")
      .trimEnd(),
  );
}

function rangeText({ low, high }: Interval): string {
  const [unit, size] = unitOf(high);
  return `${digits(low / size)} to ${digits(high / size)} ${unit}`;
}

function unitOf(ns: number): readonly [unit: string, size: number] {
  if (ns < 1e3) return ["ns", 1];
  if (ns < 1e6) return ["µs", 1e3];
  return ns < 1e9 ? ["ms", 1e6] : ["s", 1e9];
}

function digits(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude === 0) return "0";
  if (magnitude >= 100) return value.toFixed(0);
  return magnitude >= 10 ? value.toFixed(1) : value.toFixed(magnitude >= 1 ? 2 : 3);
}

/** Writes an interval's level with as many nines as it has: `99 %`, `99.2 %`, `99.9998 %`; never a hundred for less. */
export function levelText(level: number): string {
  const value = level * 100;
  for (let digitsBehind = 1; digitsBehind < 10; digitsBehind++) {
    const rounded = Number(value.toFixed(digitsBehind));
    if (rounded < 100) return `${rounded} %`;
  }
  return "100 %";
}
