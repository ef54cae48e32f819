import type { Box } from "./flame-tree.ts";

/** The part of the values that fills the width, in their units. */
export interface Range {
  readonly start: number;
  readonly span: number;
}

/** Boxes narrower than this are not drawn, in pixels. */
const NARROWEST = 0.6;
/** Levels that are drawn; deeper ones come into sight when one zooms in. */
const LEVEL_LIMIT = 4000;

/** One level of what is visible. */
export interface Row {
  /** Boxes from left to right. */
  readonly boxes: Box[];
  /** Where boxes are that are too narrow to be drawn, in units of the value. */
  readonly blurs: Range[];
}

/** Returns the boxes that a range shows, for each level. */
export function visibleRows(root: Box, { start, span }: Range, width: number): readonly Row[] {
  const narrowest = (NARROWEST / width) * span;
  const rows: Row[] = [];
  let row: Row = { boxes: [root], blurs: [] };
  while (row.boxes.length + row.blurs.length > 0 && rows.length < LEVEL_LIMIT) {
    rows.push(row);
    const next: Row = { boxes: [], blurs: [] };
    for (const box of row.boxes) {
      const children = box.children();
      // They become narrower from left to right.
      for (const child of children) {
        if (child.start >= start + span) break;
        if (child.value < narrowest) {
          const last = children.at(-1)!;
          const blur = { start: child.start, span: last.start + last.value - child.start };
          if (blur.span >= narrowest && blur.start + blur.span > start) next.blurs.push(blur);
          break;
        }
        if (child.start + child.value > start) next.boxes.push(child);
      }
    }
    row = next;
  }
  return rows;
}

/** Returns the box of a level at a value, if one is there. */
export function boxAt(row: readonly Box[], at: number): Box | undefined {
  let [low, high] = [0, row.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (row[middle]!.start <= at) low = middle + 1;
    else high = middle;
  }
  const box = row[low - 1];
  return box !== undefined && at < box.start + box.value ? box : undefined;
}
