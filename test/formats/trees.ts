import fc from "fast-check";
import type { Frame, Profile } from "../../src/profile/index.ts";
import { treeProfile } from "../../src/profile/index.ts";
import { head, hostileNames } from "./samples.ts";

const name = fc.oneof(
  fc.string({ minLength: 1, unit: "binary" }),
  fc.constantFrom(...hostileNames.filter(Boolean)),
);

const frame: fc.Arbitrary<Frame> = fc.record(
  {
    name,
    // Else it would be left out, as it should be.
    mangledName: fc.string({ minLength: 1 }).map((mangled) => `_Z${mangled}\u0001`),
    funcIndex: fc.nat(1000),
    file: fc.string({ minLength: 1 }),
    line: fc.integer({ min: 1, max: 10_000 }),
    inlined: fc.constant(true as const),
    host: fc.constant(true as const),
    estimated: fc.constant(true as const),
  },
  { requiredKeys: ["name"] },
);

const count = fc.oneof(fc.nat(100), fc.constant(0), fc.integer({ min: 0, max: 2 ** 45 }));

/** Makes profiles of random trees, with equal siblings and frames among them. */
export const trees: fc.Arbitrary<Profile> = fc
  .tuple(
    fc.array(frame, { minLength: 1, maxLength: 8 }),
    fc.array(fc.tuple(fc.nat(1000), fc.nat(1000), count, count), { maxLength: 60 }),
    fc.array(fc.string()),
    fc.constantFrom("tree" as const, "insns" as const, "imported" as const),
    fc.boolean(),
  )
  .map(([frames, nodes, notes, mode, flat]) => {
    const parents = nodes.map(([parent], node) =>
      flat || node === 0 ? -1 : (parent % (node + 1)) - 1,
    );
    const placed: Frame[] = [];
    nodes.forEach(([, index], node) => {
      placed.push(placedFrame(frames[index % frames.length]!, placed[parents[node]!]));
    });
    return treeProfile(head({ notes, mode }), {
      frames: placed,
      parents,
      nodeFrames: nodes.map((_, node) => node),
      selfValues: [nodes.map(([, , calls]) => calls), nodes.map(([, , , insns]) => insns)],
    });
  });

/** An inlined function has the index of the one around it; there is none at the root. */
function placedFrame(frame: Frame, parent: Frame | undefined): Frame {
  const { inlined, funcIndex: _own, ...others } = frame;
  if (!inlined) return frame;
  if (parent === undefined) return others;
  const { funcIndex } = parent;
  return { ...others, inlined, ...(funcIndex !== undefined && { funcIndex }) };
}
