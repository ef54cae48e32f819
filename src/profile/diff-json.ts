import type { Change, ProfileDiff } from "./diff.ts";
import type { Excess } from "./diff-limits.ts";

/** Writes a comparison as JSON for scripts: all functions and lines, and what is over a limit. */
export function writeDiffJson(diff: ProfileDiff, excesses: readonly Excess[]): string {
  const { modules, mode, type, total, functions, lines, notes } = diff;
  const head = {
    format: "wasmscope-diff",
    version: 1,
    modules,
    mode,
    unit: type,
    over: excesses.length > 0,
    total: withShares(total, total.before),
  };
  const members = Object.entries(head).map(([key, value]) => `"${key}": ${JSON.stringify(value)}`);
  const rows = (key: string, list: readonly unknown[]): string =>
    `"${key}": [${list.map((row) => `\n  ${JSON.stringify(row)}`).join(",")}\n]`;
  return `{\n${[
    ...members,
    rows(
      "excesses",
      excesses.map(({ frame, before, after, limit, reason }) => ({
        ...(frame && { function: frame.name }),
        before,
        after,
        limitPercent: limit.share * 100,
        ...(limit.functions !== undefined && { limitFor: limit.functions }),
        reason,
      })),
    ),
    rows(
      "functions",
      functions.map(({ frame, presence, calls, ...change }) => ({
        name: frame.name,
        mangledName: frame.mangledName,
        host: frame.host,
        presence,
        ...withShares(change, total.before),
        callsBefore: calls?.before,
        callsAfter: calls?.after,
      })),
    ),
    rows(
      "lines",
      lines.map(({ frame, file, lineBefore, lineAfter, ...change }) => ({
        function: frame.name,
        file,
        lineBefore,
        lineAfter,
        ...withShares(change, total.before),
      })),
    ),
    `"notes": ${JSON.stringify(notes)}`,
  ].join(",\n")}\n}\n`;
}

/** Adds the change in percent of its own value before (null where that is 0) and of the total before. */
function withShares({ before, after, change }: Change, total: number): object {
  return { before, after, change, ofOwn: percent(change, before), ofTotal: percent(change, total) };
}

function percent(part: number, whole: number): number | null {
  if (whole === 0) return part === 0 ? 0 : null;
  return (part / whole) * 100;
}
