import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { head } from "../../test/formats/samples.ts";
import { flatProfile, ProfileBuilder, treeProfile } from "./builder.ts";
import { ProfileError } from "./profile-error.ts";

const frames = [
  { name: "a", funcIndex: 0 },
  { name: "b", funcIndex: 1 },
];

describe("treeProfile", () => {
  it("merges equal siblings, and their children with them", () => {
    const profile = treeProfile(head(), {
      frames,
      parents: [-1, 0, 0, 1, 2, -1],
      nodeFrames: [0, 1, 1, 0, 0, 0],
      selfValues: [
        [1, 2, 3, 4, 5, 6],
        [10, 20, 30, 40, 50, 60],
      ],
    });
    assert.deepEqual([...profile.parents], [-1, 0, 1]);
    assert.deepEqual([...profile.nodeFrames], [0, 1, 0]);
    assert.deepEqual([...profile.selfValues[0]!], [7, 5, 9]);
    assert.deepEqual([...profile.selfValues[1]!], [70, 50, 90]);
  });

  it("merges equal frames and keeps functions of one name apart", () => {
    const profile = treeProfile(head(), {
      frames: [
        { name: "a", funcIndex: 0 },
        { name: "a", funcIndex: 1 },
        { name: "a", funcIndex: 0 },
      ],
      parents: [-1, -1, -1],
      nodeFrames: [0, 1, 2],
      selfValues: [
        [1, 2, 4],
        [0, 0, 0],
      ],
    });
    assert.deepEqual(profile.frames, [
      { name: "a", funcIndex: 0 },
      { name: "a", funcIndex: 1 },
    ]);
    assert.deepEqual([...profile.selfValues[0]!], [5, 2]);
  });

  it("refuses a tree that is none", () => {
    const bad: [parents: number[], nodeFrames: number[], message: RegExp][] = [
      [[0], [0], /node 0 stands before its parent 0/],
      [[-1, 2, -1], [0, 0, 0], /node 1 stands before its parent 2/],
      [[-2], [0], /node 0 stands before its parent -2/],
      [[-1], [2], /node 0 has no frame: 2/],
    ];
    for (const [parents, nodeFrames, message] of bad) {
      assert.throws(
        () => treeProfile(head(), { frames, parents, nodeFrames, selfValues: [] }),
        message,
      );
    }
  });
});

describe("flatProfile", () => {
  it("adds up rows of equal frames and fills missing values with 0", () => {
    const profile = flatProfile(head(), [
      { frame: frames[0]!, values: [1, 5] },
      { frame: frames[1]!, values: [2] },
      { frame: { ...frames[0]! }, values: [10, 50] },
    ]);
    assert.deepEqual([...profile.parents], [-1, -1]);
    assert.deepEqual(
      profile.selfValues.map((column) => [...column]),
      [
        [11, 2],
        [55, 0],
      ],
    );
  });
});

describe("ProfileBuilder", () => {
  it("freezes what it builds and shares nothing with it", () => {
    const builder = new ProfileBuilder(head({ notes: ["a note"] }));
    builder.addAll(builder.stack([builder.frame(frames[0]!)]), [1, 2]);
    const first = builder.build();
    builder.addAll(builder.stack([builder.frame(frames[0]!), builder.frame(frames[1]!)]), [1, 2]);
    const second = builder.build();
    assert.equal(first.parents.length, 1);
    assert.equal(second.parents.length, 2);
    for (const part of [first, first.frames, first.frames[0], first.module, first.notes]) {
      assert.ok(Object.isFrozen(part));
    }
  });

  it("finds the same stack again whatever came between", () => {
    const builder = new ProfileBuilder(head());
    const [a, b] = frames.map((frame) => builder.frame(frame));
    const stacks = [[a!, b!], [a!, b!, a!], [a!], [b!, b!], [a!, b!]];
    assert.deepEqual(
      stacks.map((stack) => builder.stack(stack)),
      [1, 2, 0, 4, 1],
    );
    assert.equal(builder.stack([]), -1);
  });

  it("refuses numbers that are none and a primary value that is not there", () => {
    const builder = new ProfileBuilder(head());
    const node = builder.child(-1, builder.frame(frames[0]!));
    assert.throws(() => builder.add(node, 0, Number.NaN), ProfileError);
    assert.throws(() => builder.add(node, 1, Infinity), ProfileError);
    assert.throws(() => new ProfileBuilder(head({ primary: 2 })), /no value type 2 among 2/);
  });
});
