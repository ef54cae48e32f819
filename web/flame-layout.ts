import type { Box } from "./flame-tree.ts";

/** The part of the values that fills the width, in their units. */
export interface Range {
  readonly start: number;
  readonly span: number;
}

/** Boxes narrower than this are not drawn, in pixels. */
const NARROWEST = 0.6;
/** Levels that are drawn. */
const LEVEL_LIMIT = 4000;
/** Nodes that are looked at for one drawing: callers of all levels of a deep recursion would be billions. */
const NODE_LIMIT = 1e7;

/** One level of what is visible. */
export interface Row {
  /** Boxes from left to right. */
  readonly boxes: Box[];
  /** Where boxes are that are too narrow to be drawn, in units of the value. */
  readonly blurs: Range[];
}

/** What is visible. */
export interface Layout {
  readonly rows: readonly Row[];
  /** Whether deeper levels are left out. */
  readonly cut: boolean;
}

/** Finds the boxes that a range shows, for each level. */
export function layoutOf(root: Box, { start, span }: Range, width: number): Layout {
  const narrowest = (NARROWEST / width) * span;
  const rows: Row[] = [];
  let looked = 0;
  const cut = (): boolean => looked > NODE_LIMIT || rows.length >= LEVEL_LIMIT;
  let row: Row = { boxes: [root], blurs: [] };
  while (row.boxes.length + row.blurs.length > 0 && !cut()) {
    rows.push(row);
    const next: Row = { boxes: [], blurs: [] };
    for (const box of row.boxes) {
      looked += box.size;
      if (cut()) break;
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
  return { rows, cut: cut() };
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
