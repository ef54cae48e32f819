import type { Profile } from "./model.ts";

/**
 * The tree as pprof sees it: a function and what was inlined into it are one location, so a node
 * stands below the nearest one outside of its own location.
 */
export interface Locations {
  /** For each location its frames, the outermost first. */
  readonly locations: readonly (readonly number[])[];
  readonly parents: Int32Array;
  /** For each node the index of its location. */
  readonly nodeFrames: Int32Array;
}

/** Groups inlined frames with what they were inlined into. Without any, locations are the frames. */
export function pprofLocations({ frames, parents, nodeFrames }: Profile): Locations {
  const locations: (readonly number[])[] = frames.map((_, frame) => [frame]);
  if (!frames.some(({ inlined }) => inlined)) return { locations, parents, nodeFrames };
  const known = new Map<string, number>();
  const above = new Int32Array(parents.length);
  const places = new Int32Array(parents.length);
  for (let node = 0; node < parents.length; node++) {
    const frame = nodeFrames[node]!;
    const parent = parents[node]!;
    if (parent === -1 || !frames[frame]!.inlined) {
      above[node] = parent;
      places[node] = frame;
      continue;
    }
    const key = `${places[parent]} ${frame}`;
    const place = known.get(key) ?? locations.push([...locations[places[parent]!]!, frame]) - 1;
    known.set(key, place);
    above[node] = above[parent]!;
    places[node] = place;
  }
  return { locations, parents: above, nodeFrames: places };
}
