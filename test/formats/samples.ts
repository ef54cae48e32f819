import type { Frame, Profile, ProfileHead, ValueType } from "../../src/profile/index.ts";
import { flatProfile, treeProfile } from "../../src/profile/index.ts";

const calls: ValueType = { name: "calls", unit: "count" };
const instructions: ValueType = { name: "instructions", unit: "count" };
const module = { name: "app.wasm", sha256: "0f".repeat(32) };

/** Returns the head of a profile that counts calls and instructions. */
export function head(more: Partial<ProfileHead> = {}): ProfileHead {
  return { module, mode: "tree", valueTypes: [calls, instructions], primary: 1, ...more };
}

/** Builds a profile from lines like `main;parse;main 3 120`: a stack, its calls and instructions. */
export function profileOf(lines: readonly string[], more: Partial<ProfileHead> = {}): Profile {
  const frames: Frame[] = [];
  const parents: number[] = [];
  const nodeFrames: number[] = [];
  const values: [number[], number[]] = [[], []];
  for (const line of lines) {
    const [stack = "", callCount = "0", insnCount = "0"] = line.split(" ");
    let parent = -1;
    const names = stack.split(";");
    names.forEach((name, depth) => {
      let frame = frames.findIndex((known) => known.name === name);
      if (frame === -1) frame = frames.push({ name, funcIndex: frames.length }) - 1;
      const last = depth === names.length - 1;
      nodeFrames.push(frame);
      values[0].push(last ? Number(callCount) : 0);
      values[1].push(last ? Number(insnCount) : 0);
      parent = parents.push(parent) - 1;
    });
  }
  return treeProfile(head(more), { frames, parents, nodeFrames, selfValues: values });
}

export const hostileNames: readonly string[] = [
  "a;b",
  "line\nbreak\r\n",
  "nul\u0000bell\u0007escape\u001b[31mred",
  `quotes " ' \` and <tags & entities;> ]]>`,
  "trailing number 42",
  " spaces ",
  "",
  "emoji 👩‍🚀 and 漢字",
  "lone high \ud83d and low \ude00 surrogate",
  "right to left \u202e gnirts",
  "not XML \uffff\ufffe\u000b",
  "\u{1f600}",
  "__proto__",
  "core::fmt::Formatter::pad_integral::<impl Fn(&str) -> Result<(), E>>::{closure#0}",
  "x".repeat(3000),
];

function deepTree(depth: number): Profile {
  const nodes = Array.from({ length: depth }, (_, node) => node);
  const names = ["even", "odd", "third"];
  return treeProfile(head({ notes: ["3 calls found no room in the tree."] }), {
    frames: names.map((name, funcIndex) => ({ name, funcIndex })),
    parents: nodes.map((node) => node - 1),
    nodeFrames: nodes.map((node) => node % names.length),
    selfValues: [nodes.map(() => 1), nodes.map((node) => node * 7)],
  });
}

/** Profiles that show every shape a profile can take. */
export const samples: Readonly<Record<string, Profile>> = {
  "flat calls": flatProfile(head({ mode: "calls", valueTypes: [calls], primary: 0 }), [
    { frame: { name: "main", funcIndex: 2 }, values: [1] },
    { frame: { name: "app::parse", mangledName: "_ZN3app5parseE", funcIndex: 3 }, values: [1500] },
    { frame: { name: "fd_write", funcIndex: 0 }, values: [7] },
    { frame: { name: "unused", funcIndex: 9 }, values: [0] },
  ]),
  "flat instructions": flatProfile(head({ mode: "insns" }), [
    { frame: { name: "main", funcIndex: 2, file: "src/main.c", line: 12 }, values: [1, 80] },
    { frame: { name: "sieve", funcIndex: 3, file: "src/main.c", line: 4 }, values: [10, 123456] },
    { frame: { name: "same", funcIndex: 4 }, values: [3, 50] },
    { frame: { name: "same", funcIndex: 5 }, values: [4, 50] },
  ]),
  blocks: flatProfile(
    head({
      mode: "blocks",
      blocks: [
        { funcIndex: 1, offset: 0x1f3c, instructions: 7, count: 1000 },
        { funcIndex: 1, offset: 0x1f50, instructions: 2, count: 0 },
        { funcIndex: 0, offset: 0x1e00, instructions: 12, count: 1 },
      ],
      notes: ["The program trapped: unreachable.", ""],
    }),
    [
      { frame: { name: "main", funcIndex: 0 }, values: [1, 12] },
      { frame: { name: "loop", funcIndex: 1 }, values: [1, 7000] },
    ],
  ),
  tree: profileOf([
    "main 1 10",
    "main;parse 20 400",
    "main;parse;alloc 60 90",
    "main;eval;alloc 5 8",
  ]),
  "tree of one node": profileOf(["main 1 10"]),
  recursion: profileOf([
    "main 1 1",
    "main;f 1 5",
    "main;f;f 1 5",
    "main;f;f;g 2 8",
    "main;f;f;g;f 1 5",
  ]),
  "deep tree": deepTree(600),
  empty: flatProfile(head({ mode: "insns" }), []),
  "nothing counted": profileOf(["main 0 0", "main;f 0 0"]),
  "huge counts": flatProfile(head({ mode: "insns" }), [
    { frame: { name: "huge", funcIndex: 0 }, values: [2 ** 31, 2 ** 53 - 1002] },
    { frame: { name: "small", funcIndex: 1 }, values: [2 ** 32, 1001] },
  ]),
  "hostile names": flatProfile(
    head({ mode: "insns", module: { name: hostileNames.join(""), sha256: "" } }),
    hostileNames.map((name, funcIndex) => ({
      frame: { name, funcIndex },
      values: [funcIndex + 1, 1000 + funcIndex],
    })),
  ),
  "hostile stacks": treeProfile(head({ notes: hostileNames }), {
    frames: hostileNames.map((name, funcIndex) => ({ name, funcIndex })),
    parents: hostileNames.map((_, node) => node - 1),
    nodeFrames: hostileNames.map((_, node) => node),
    selfValues: [hostileNames.map(() => 1), hostileNames.map((_, node) => 5 + node)],
  }),
  "inlined lines": treeProfile(head(), {
    frames: [
      { name: "main", funcIndex: 0, file: "main.rs", line: 3 },
      { name: "main", funcIndex: 0, file: "main.rs", line: 4 },
      { name: "add", mangledName: "_add", funcIndex: 0, file: "math.rs", line: 1 },
      { name: "imported" },
    ],
    parents: [-1, -1, 1, 1],
    nodeFrames: [0, 1, 2, 3],
    selfValues: [
      [1, 0, 9, 2],
      [5, 6, 7, 8],
    ],
  }),
  "inlined twice": treeProfile(head(), {
    frames: [
      { name: "main", funcIndex: 3, file: "main.rs", line: 3 },
      { name: "sum", funcIndex: 3, file: "sum.rs", line: 8, inlined: true },
      { name: "add", funcIndex: 3, file: "sum.rs", line: 2, inlined: true },
      { name: "add", funcIndex: 4, file: "sum.rs", line: 2 },
      { name: "fd_write", funcIndex: 0, host: true },
      { name: "tiny", funcIndex: 5, estimated: true },
      { name: "add", funcIndex: 4, file: "sum.rs", line: 1, inlined: true },
    ],
    parents: [-1, 0, 1, 0, 3, 2, 0, 1],
    nodeFrames: [0, 1, 2, 3, 6, 4, 5, 3],
    selfValues: [
      [1, 0, 0, 6, 0, 2, 50, 9],
      [10, 20, 30, 40, 50, 60, 70, 80],
    ],
  }),
  seconds: flatProfile(
    head({ mode: "host", valueTypes: [calls, { name: "time", unit: "seconds" }], primary: 1 }),
    [
      { frame: { name: "main", funcIndex: 0 }, values: [1, 0.25] },
      { frame: { name: "idle", funcIndex: 1 }, values: [1, 1.5] },
    ],
  ),
  "value types that look alike": flatProfile(
    head({
      mode: "imported",
      valueTypes: ["samples", "Samples", "samples", "", "__proto__", "insns", "instructions"].map(
        (name) => ({ name, unit: "bytes" }),
      ),
    }),
    [{ frame: { name: "main" }, values: [1, 2, 3, 4, 5, 6, 7] }],
  ),
};
