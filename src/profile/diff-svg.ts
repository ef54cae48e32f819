import type { ProfileDiff } from "./diff.ts";
import { formatPercent, formatValue, groupDigits } from "./numbers.ts";
import { drawFlameGraph } from "./svg.ts";
import { subtreeValues } from "./totals.ts";

/**
 * Writes a flame graph of what changed: red where it grew, blue where it shrank, the more the deeper the colour.
 * A box is as wide as the larger of both profiles, so that what is gone is seen as well as what is new.
 */
export function writeDiffSvg(diff: ProfileDiff): Uint8Array {
  const { tree, total, type, modules } = diff;
  const before = subtreeValues(tree, 0);
  const after = subtreeValues(tree, 1);
  const changes = after.map((value, node) => value - before[node]!);
  const name = modules.after.name || modules.before.name;
  return drawFlameGraph(
    { ...tree, notes: diff.notes },
    {
      title: "Differential flame graph",
      heading: `Difference: ${name === "" ? "two profiles" : name}`,
      facts: [
        `${groupDigits(total.before)} before`,
        `${formatValue(total.after, type)} after`,
        `${signed(total.change)} (${formatPercent(total.change, total.before)})`,
      ],
      hint: "Red grew, blue shrank. A box is as wide as the larger of before and after.",
      describeAll: [`${groupDigits(total.before)} before, ${formatValue(total.after, type)} after`],
      describe: (node) => [
        `${groupDigits(before[node]!)} before, ${formatValue(after[node]!, type)} after`,
        `${signed(changes[node]!)} (${ofOwn(changes[node]!, before[node]!)}${formatPercent(changes[node]!, total.before)} of all)`,
        `self ${groupDigits(tree.selfValues[0]![node]!)} before, ${groupDigits(tree.selfValues[1]![node]!)} after`,
      ],
      colour: (node) => changeColour(changes[node]!, Math.max(before[node]!, after[node]!)),
    },
  );
}

function signed(change: number): string {
  return change > 0 ? `+${groupDigits(change)}` : groupDigits(change);
}

function ofOwn(change: number, before: number): string {
  return before === 0 ? "new, " : `${formatPercent(change, before)} of it, `;
}

/** Red for growth and blue for less, all light enough for dark text; the root of the share shows small changes too. */
function changeColour(change: number, larger: number): string {
  const share = larger === 0 ? 0 : Math.sqrt(Math.min(1, Math.abs(change) / larger));
  const mix = (full: number): string =>
    Math.round(235 + (full - 235) * share)
      .toString(16)
      .padStart(2, "0");
  if (change === 0) return "#e4e6ea";
  return change > 0 ? `#f5${mix(120)}${mix(110)}` : `#${mix(110)}${mix(160)}f5`;
}
