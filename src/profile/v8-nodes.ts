import { ProfileError } from "./profile-error.ts";

/** How a node of V8's profiles hangs together with others: by its children, in some files by its parent. */
export interface V8Links {
  readonly id: number;
  readonly children?: readonly unknown[] | undefined;
  readonly parent?: number | undefined;
}

/** Finds the parent of each node that has one. */
export function v8Parents(nodes: Iterable<V8Links>): Map<number, number> {
  const parents = new Map<number, number>();
  for (const { id, parent, children = [] } of nodes) {
    if (parent !== undefined) parents.set(id, parent);
    for (const child of children) parents.set(Number(child), id);
  }
  return parents;
}

/**
 * Gives a node its place, and all nodes above it that have none yet: parents may stand behind their children, and
 * stacks are too deep for recursion. Throws a `ProfileError` for a node that is its own caller.
 *
 * @param places The places given so far.
 * @param place Gives a node its place below that of its parent; a root has no parent.
 */
export function placeV8Node<T>(
  id: number,
  parents: ReadonlyMap<number, number>,
  places: Map<number, T>,
  place: (above: T | undefined, id: number) => T,
): T {
  const path: number[] = [];
  for (let at: number | undefined = id; at !== undefined && !places.has(at); at = parents.get(at)) {
    // A path of nodes that each have a parent has one more than these.
    if (path.length > parents.size) {
      throw new ProfileError(`cpuprofile.nodes: node ${at} is its own caller`);
    }
    path.push(at);
  }
  for (const next of path.toReversed()) {
    const parent = parents.get(next);
    places.set(next, place(parent === undefined ? undefined : places.get(parent), next));
  }
  return places.get(id)!;
}

/**
 * Tells in microseconds how long each sample stands for what it saw: to the next one, the last to the end. Deltas may
 * be negative, as samples are sorted only as far as the clock was.
 */
export function v8SampleTimes({
  samples = [],
  timeDeltas = [],
  startTime,
  endTime,
}: {
  readonly samples?: readonly number[] | undefined;
  readonly timeDeltas?: readonly number[] | undefined;
  readonly startTime: number;
  readonly endTime: number;
}): number[] {
  let now = startTime;
  return samples.map((_, at) => {
    now += timeDeltas[at] ?? 0;
    return Math.max(0, timeDeltas[at + 1] ?? endTime - now);
  });
}
