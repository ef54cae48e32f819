import { frameKey, plainFrame } from "./frames.ts";
import type { BlockCount, Frame, Profile, ProfileMode, ValueType } from "./model.ts";
import { ProfileError } from "./profile-error.ts";

/** What is known of a profile before its first number. */
export interface ProfileHead {
  readonly module: Profile["module"];
  readonly mode: ProfileMode;
  /** Columns, `calls` first where there are calls. */
  readonly valueTypes: readonly ValueType[];
  /** Index in `valueTypes` of the column that weighs. */
  readonly primary: number;
  readonly blocks?: readonly BlockCount[];
  readonly notes?: readonly string[];
}

/** One function with its own values, one a value type. */
export interface FlatRow {
  readonly frame: Frame;
  readonly values: ArrayLike<number>;
}

/** A tree as parallel arrays, as `Profile` holds it, but with siblings that may be equal. */
export type RawTree = Pick<Profile, "frames"> & {
  readonly parents: ArrayLike<number>;
  readonly nodeFrames: ArrayLike<number>;
  readonly selfValues: readonly ArrayLike<number>[];
};

// A sibling is found by one number made of its parent and its frame: a string key a node would cost
// more than all the rest. 2^26 frames and 2^27 nodes stay within the safe integers.
const FRAME_LIMIT = 2 ** 26;
const NODE_LIMIT = 2 ** 27;

/**
 * Collects frames, nodes and values, merging equal frames and equal siblings, and freezes them into
 * a `Profile`.
 */
export class ProfileBuilder {
  readonly #head: ProfileHead;
  readonly #frames: Frame[] = [];
  readonly #frameIndices = new Map<string, number>();
  readonly #parents: number[] = [];
  readonly #nodeFrames: number[] = [];
  readonly #nodes = new Map<number, number>();
  readonly #columns: number[][];
  // The stack asked for last and its nodes: neighbours in a file mostly share their first frames.
  #stack: readonly number[] = [];
  readonly #stackNodes: number[] = [];

  constructor(head: ProfileHead) {
    if (head.valueTypes[head.primary] === undefined) {
      throw new ProfileError(`no value type ${head.primary} among ${head.valueTypes.length}`);
    }
    this.#head = head;
    this.#columns = head.valueTypes.map(() => []);
  }

  /** Returns the index of a frame, the same one for an equal frame. */
  frame(frame: Frame): number {
    const key = frameKey(frame);
    const known = this.#frameIndices.get(key);
    if (known !== undefined) return known;
    if (this.#frames.length === FRAME_LIMIT) throw new ProfileError("too many frames");
    const index = this.#frames.push(plainFrame(frame)) - 1;
    this.#frameIndices.set(key, index);
    return index;
  }

  /** Returns the node of a frame under a parent node (-1 for a root), the same one when asked again. */
  child(parent: number, frame: number): number {
    const key = (parent + 1) * FRAME_LIMIT + frame;
    const known = this.#nodes.get(key);
    if (known !== undefined) return known;
    if (!(parent >= -1 && parent < this.#parents.length)) {
      throw new ProfileError(`node ${this.#parents.length} stands before its parent ${parent}`);
    }
    if (!(frame >= 0 && frame < this.#frames.length)) {
      throw new ProfileError(`node ${this.#parents.length} has no frame: ${frame}`);
    }
    if (this.#parents.length === NODE_LIMIT) throw new ProfileError("too many nodes");
    const node = this.#parents.push(parent) - 1;
    this.#nodeFrames.push(frame);
    for (const column of this.#columns) column.push(0);
    this.#nodes.set(key, node);
    return node;
  }

  /** Returns the node of a whole stack of frames, root first, -1 of an empty one. */
  stack(frames: readonly number[]): number {
    const nodes = this.#stackNodes;
    let shared = 0;
    while (shared < nodes.length && this.#stack[shared] === frames[shared]) shared++;
    nodes.length = shared;
    for (let depth = shared; depth < frames.length; depth++) {
      nodes.push(this.child(nodes[depth - 1] ?? -1, frames[depth]!));
    }
    this.#stack = frames;
    return nodes.at(-1) ?? -1;
  }

  /** Adds to one of a node's own values. */
  add(node: number, column: number, value: number): void {
    const sum = this.#columns[column]![node]! + value;
    if (!Number.isFinite(sum))
      throw new ProfileError(`value ${value} of node ${node} is no number`);
    this.#columns[column]![node] = sum;
  }

  /** Adds to all of a node's own values, in the order of the value types. */
  addAll(node: number, values: ArrayLike<number>): void {
    for (let column = 0; column < this.#columns.length; column++) {
      this.add(node, column, values[column] ?? 0);
    }
  }

  /** Returns the finished profile; its arrays are copies. */
  build(): Profile {
    const { module, mode, valueTypes, primary, blocks, notes = [] } = this.#head;
    return Object.freeze({
      module: Object.freeze({ name: module.name, sha256: module.sha256 }),
      mode,
      valueTypes: Object.freeze(valueTypes.map(({ name, unit }) => Object.freeze({ name, unit }))),
      primary,
      frames: Object.freeze([...this.#frames]),
      parents: Int32Array.from(this.#parents),
      nodeFrames: Int32Array.from(this.#nodeFrames),
      selfValues: Object.freeze(this.#columns.map((column) => Float64Array.from(column))),
      ...(blocks && { blocks: Object.freeze(blocks.map((block) => Object.freeze({ ...block }))) }),
      notes: Object.freeze([...notes]),
    });
  }
}

/** Builds a profile without stacks from one row a function; rows of equal frames are added up. */
export function flatProfile(head: ProfileHead, rows: Iterable<FlatRow>): Profile {
  const builder = new ProfileBuilder(head);
  for (const { frame, values } of rows) {
    builder.addAll(builder.child(-1, builder.frame(frame)), values);
  }
  return builder.build();
}

/** Adds all of a tree to a builder: frames first, then nodes, so that orders are kept. */
export function addTree(builder: ProfileBuilder, tree: RawTree): void {
  const frames = tree.frames.map((frame) => builder.frame(frame));
  const nodes = new Int32Array(tree.parents.length);
  for (let node = 0; node < nodes.length; node++) {
    const parent = tree.parents[node]!;
    // Own numbering: the builder's has fewer nodes once siblings were merged.
    if (!(parent >= -1 && parent < node)) {
      throw new ProfileError(`node ${node} stands before its parent ${parent}`);
    }
    const frame = frames[tree.nodeFrames[node]!];
    if (frame === undefined) {
      throw new ProfileError(`node ${node} has no frame: ${tree.nodeFrames[node]}`);
    }
    const target = builder.child(parent === -1 ? -1 : nodes[parent]!, frame);
    for (let column = 0; column < tree.selfValues.length; column++) {
      builder.add(target, column, tree.selfValues[column]![node]!);
    }
    nodes[node] = target;
  }
}

/** Builds a profile from a tree in which each parent stands before its children; equal siblings become one. */
export function treeProfile(head: ProfileHead, tree: RawTree): Profile {
  const builder = new ProfileBuilder(head);
  addTree(builder, tree);
  return builder.build();
}
