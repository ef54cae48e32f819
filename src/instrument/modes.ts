/**
 * What is counted: calls, instructions of each function, of each block, of each calling context, or the last two
 * in one run.
 */
export type ExactMode = "calls" | "insns" | "blocks" | "tree" | "tree+blocks";
/** The exact modes, the cheapest first. */
export const exactModes: readonly ExactMode[] = ["calls", "insns", "blocks", "tree", "tree+blocks"];

/** Says whether a mode keeps a tree of calling contexts. */
export function countsTree(mode: ExactMode): boolean {
  return mode === "tree" || mode === "tree+blocks";
}

/** Says whether a mode counts each block. */
export function countsBlocks(mode: ExactMode): boolean {
  return mode === "blocks" || mode === "tree+blocks";
}
