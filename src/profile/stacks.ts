import type { Profile } from "./model.ts";
import { ProfileError } from "./profile-error.ts";
import { walk } from "./walk.ts";

/** How the stacks of a profile are spelled out. */
export interface StackSpelling {
  /** For each frame the bytes that stand for it in a stack. */
  readonly pieces: readonly Uint8Array[];
  /** Whether the innermost frame comes first. */
  readonly leafFirst: boolean;
  /** Whether the stack that ends in this node is wanted. */
  readonly wanted: (node: number) => boolean;
  /** Bytes that all stacks together may take, 1 GiB if not given. */
  readonly limit?: number;
}

/**
 * Calls `visit` with the spelled-out stack of each wanted node, depth first; the bytes are valid
 * during the call only. Throws a `ProfileError` when all stacks together are larger than the limit.
 */
export function eachStack(
  { parents, nodeFrames }: Pick<Profile, "parents" | "nodeFrames">,
  { pieces, leafFirst, wanted, limit = 2 ** 30 }: StackSpelling,
  visit: (node: number, stack: Uint8Array) => void,
): void {
  const sizes = new Float64Array(parents.length);
  let longest = 0;
  let sum = 0;
  for (let node = 0; node < parents.length; node++) {
    const parent = parents[node]!;
    const size = (parent === -1 ? 0 : sizes[parent]!) + pieces[nodeFrames[node]!]!.length;
    sizes[node] = size;
    if (size > longest) longest = size;
    if (wanted(node)) sum += size;
  }
  // Formats that spell out each stack grow with nodes times depth. Past some size the tools that
  // should read the file give up as well, and memory runs out before the file is done.
  if (sum > limit) {
    throw new ProfileError(
      `the stacks are too deep for a format that spells them out (${Math.ceil(sum / 2 ** 20)} MiB): use json or svg`,
    );
  }
  // The path grows and shrinks at one end of the buffer while the walk goes down and up.
  const path = new Uint8Array(longest);
  walk(parents, (node) => {
    const piece = pieces[nodeFrames[node]!]!;
    const size = sizes[node]!;
    path.set(piece, leafFirst ? longest - size : size - piece.length);
    if (wanted(node))
      visit(node, leafFirst ? path.subarray(longest - size) : path.subarray(0, size));
  });
}
