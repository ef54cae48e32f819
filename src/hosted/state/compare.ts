import type { HostedState, StateFrame, StateValue } from "./model.ts";

/** A run of bytes or pages: from the first to behind the last. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** What is different in two states of one program. */
export interface StateDifference {
  readonly branches: bigint;
  /** How many of the oldest activations are the same in both. */
  readonly sameFrames: number;
  /** Indices of globals. */
  readonly globals: readonly number[];
  /** Numbers of tables with other elements. */
  readonly tables: readonly number[];
  /** Numbers of descriptors that are open in one of them only, or stand elsewhere. */
  readonly descriptors: readonly number[];
  /** For each memory: how its size grew, in pages of 64 KiB, and the pages of 4 KiB that differ. */
  readonly memories: readonly { readonly grownPages: number; readonly pages: readonly number[] }[];
}

const sameValue = (a: StateValue | undefined, b: StateValue | undefined): boolean =>
  a?.type === b?.type && a?.bits === b?.bits;
const sameValues = (a: readonly StateValue[], b: readonly StateValue[]): boolean =>
  a.length === b.length && a.every((value, index) => sameValue(value, b[index]));
const sameFrame = (a: StateFrame, b: StateFrame): boolean =>
  a.functionIndex === b.functionIndex &&
  a.pc === b.pc &&
  sameValues(a.locals, b.locals) &&
  sameValues(a.operands, b.operands);
const sameBytes = (a: Uint8Array | null | undefined, b: Uint8Array | null | undefined): boolean =>
  (a ?? undefined) === (b ?? undefined) ||
  (a?.length === b?.length && a!.every((byte, at) => byte === b![at]));

/** Compares two complete states of one program. */
export function compareStates(before: HostedState, after: HostedState): StateDifference {
  const longest = Math.max(before.globals.length, after.globals.length);
  const fds = new Set([...before.descriptors, ...after.descriptors].map(({ fd }) => fd));
  const ofFd = ({ descriptors }: HostedState, fd: number): string => {
    const found = descriptors.find((one) => one.fd === fd);
    return found === undefined ? "" : `${found.kind} ${found.path} ${found.offset} ${found.size}`;
  };
  return {
    branches: after.branches - before.branches,
    sameFrames: sameFrames(before.frames, after.frames),
    globals: Array.from({ length: longest }, (_, index) => index).filter(
      (index) => !sameValue(before.globals[index], after.globals[index]),
    ),
    tables: [...after.tables.keys()].filter(
      (index) => String(before.tables[index]?.elements) !== String(after.tables[index]!.elements),
    ),
    descriptors: [...fds]
      .filter((fd) => ofFd(before, fd) !== ofFd(after, fd))
      .toSorted((a, b) => a - b),
    memories: after.memories.map(({ sizePages, pages }, index) => {
      const old = before.memories[index];
      const numbers = new Set([...(old?.pages.keys() ?? []), ...pages.keys()]);
      return {
        grownPages: sizePages - (old?.sizePages ?? 0),
        pages: [...numbers]
          .filter((number) => !sameBytes(old?.pages.get(number), pages.get(number)))
          .toSorted((a, b) => a - b),
      };
    }),
  };
}

function sameFrames(before: readonly StateFrame[], after: readonly StateFrame[]): number {
  let count = 0;
  for (;;) {
    const [a, b] = [before.at(-1 - count), after.at(-1 - count)];
    if (a === undefined || b === undefined || !sameFrame(a, b)) return count;
    count++;
  }
}

/** Joins neighbours of sorted numbers to runs. */
export function rangesOf(numbers: readonly number[]): Range[] {
  const ranges: { start: number; end: number }[] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last?.end === number) last.end++;
    else ranges.push({ start: number, end: number + 1 });
  }
  return ranges;
}
