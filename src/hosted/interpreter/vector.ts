import {
  assembleBody,
  emptyBlock,
  type Instruction,
  type Opcode,
  opcodes,
  valueType,
} from "../../wasm/index.ts";
import { guestBase } from "../layout.ts";
import {
  type Code,
  constant,
  get,
  type Letter,
  loadSlot,
  local,
  set,
  slot,
  storeSlot,
  u16,
  u32,
} from "./code.ts";
import { op } from "./operations.ts";

// Instructions for vectors: the operation, the sub-opcode at 2, then the operands, the result's slot first.

// The relaxed ones are left out: a host that has vectors need not have them.
const vectors = opcodes.filter(({ code }) => code >= 0xfd000 && code <= 0xfd0ff);

const laneShapes: Record<
  string,
  { readonly letter: Letter; readonly log2: number; readonly access: string }
> = {
  i8x16: { letter: "i", log2: 0, access: "8" },
  i16x8: { letter: "i", log2: 1, access: "16" },
  i32x4: { letter: "i", log2: 2, access: "" },
  i64x2: { letter: "I", log2: 3, access: "" },
  f32x4: { letter: "f", log2: 2, access: "" },
  f64x2: { letter: "F", log2: 3, access: "" },
};
const names = { i: "i32", I: "i64", f: "f32", F: "f64" } as const;

const checked = (base: number, offset: number): Code => [
  ...loadSlot("i", base),
  ["local.tee", local.a],
  ...u32(offset),
  "i32.add",
  ["local.tee", local.b],
  ...get(local.b),
  ...get(local.a),
  "i32.lt_u",
  ["if", emptyBlock],
  ...constant(-1),
  ["i32.load", 0, 0xffffffff],
  "drop",
  "end",
];
const laneAddress = (vector: number, lane: number, log2: number): Code => [
  ...slot(vector),
  ...u16(lane),
  ...constant(log2),
  "i32.shl",
  "i32.add",
];

interface Step {
  readonly code: Code;
  readonly size: number;
}

function plain({ name, effect }: Opcode): Step {
  const operands = effect!.operands.split("") as Letter[];
  const values = operands.flatMap((letter, index) => [...loadSlot(letter, 6 + 2 * index)]);
  return {
    code: storeSlot(effect!.results as Letter, 4, [...values, name]),
    size: 6 + 2 * operands.length,
  };
}

function laneAccess({ name }: Opcode): Step {
  const [shape, operation] = name.split(".") as [string, string];
  const { letter, log2, access } = laneShapes[shape]!;
  const type = names[letter as keyof typeof names];
  if (operation.startsWith("extract")) {
    const sign = access === "" ? "" : operation.slice(-2);
    const value: Code = [...laneAddress(6, 8, log2), [`${type}.load${access}${sign}`, 0, 0]];
    return { code: storeSlot(letter, 4, value), size: 10 };
  }
  return {
    // The scalar may be where the result goes, so it is read first.
    code: [
      ...storeSlotOf("v", laneScratch, loadSlot("v", 6)),
      ...constant(laneScratch),
      ...u16(10),
      ...constant(log2),
      "i32.shl",
      "i32.add",
      ...loadSlot(letter, 8),
      [`${type}.store${access}`, 0, 0],
      ...storeSlot("v", 4, [...constant(laneScratch), ["v128.load", 0, 0]]),
    ],
    size: 12,
  };
}

/** Sixteen bytes in the runtime's own region. */
const laneScratch = 0x60;
const storeSlotOf = (letter: "v", address: number, value: Code): Code => [
  ...constant(address),
  ...value,
  [`${letter === "v" ? "v128" : ""}.store`, 0, 0],
];

function memoryLane({ name }: Opcode): Step {
  const bits = /(load|store)(\d+)_lane/.exec(name)![2]!;
  const log2 = { "8": 0, "16": 1, "32": 2, "64": 3 }[bits]!;
  const type = bits === "64" ? "i64" : "i32";
  const access = bits === "8" || bits === "16" ? bits : "";
  const unsigned = access === "" ? "" : "_u";
  if (name.includes("store")) {
    return {
      code: [
        ...checked(4, 10),
        ...laneAddress(6, 8, log2),
        [`${type}.load${access}${unsigned}`, 0, 0],
        [`${type}.store${access}`, 0, guestBase],
      ],
      size: 14,
    };
  }
  return {
    code: [
      ...storeSlotOf("v", laneScratch, loadSlot("v", 8)),
      ...constant(laneScratch),
      ...u16(10),
      ...constant(log2),
      "i32.shl",
      "i32.add",
      ...checked(6, 12),
      [`${type}.load${access}${unsigned}`, 0, guestBase],
      [`${type}.store${access}`, 0, 0],
      ...storeSlot("v", 4, [...constant(laneScratch), ["v128.load", 0, 0]]),
    ],
    size: 16,
  };
}

function memoryAccess({ name }: Opcode): Step {
  if (name === "v128.store") {
    return { code: [...checked(4, 8), ...loadSlot("v", 6), [name, 0, guestBase]], size: 12 };
  }
  return { code: storeSlot("v", 4, [...checked(6, 8), [name, 0, guestBase]]), size: 12 };
}

// Lanes are immediates in WebAssembly and data here: two swizzles, where lanes out of range give 0, are a shuffle.
const shuffle: Step = {
  code: storeSlot("v", 4, [
    ...loadSlot("v", 6),
    ...get(local.pc),
    ["v128.load", 0, 10],
    "i8x16.swizzle",
    ...loadSlot("v", 8),
    ...get(local.pc),
    ["v128.load", 0, 10],
    ...constant(16),
    "i8x16.splat",
    "i8x16.sub",
    "i8x16.swizzle",
    "v128.or",
  ]),
  size: 26,
};

/** Tells how the translator lays out a vector instruction, or nothing for those it knows by name. */
export function vectorKind(
  opcode: Opcode,
): "plain" | "lane" | "loadLane" | "storeLane" | "load" | "store" | undefined {
  const { name, immediates } = opcode;
  if (immediates.length === 0) return "plain";
  if (immediates[0] === "lane") return "lane";
  if (immediates[0] !== "memarg") return undefined;
  if (immediates.length === 2) return name.includes("load") ? "loadLane" : "storeLane";
  return name === "v128.store" ? "store" : "load";
}

function step(opcode: Opcode): Step | undefined {
  switch (vectorKind(opcode)) {
    case "plain":
      return plain(opcode);
    case "lane":
      return laneAccess(opcode);
    case "loadLane":
    case "storeLane":
      return memoryLane(opcode);
    case "load":
    case "store":
      return memoryAccess(opcode);
    case undefined:
      return opcode.name === "i8x16.shuffle" ? shuffle : undefined;
  }
}

/**
 * Builds the body of the function that does runs of vector instructions: (pc, fp) -> pc of the first instruction that
 * is none. It stands alone so that vectors cost the interpreter's function no registers.
 */
export function vectorBody(): Uint8Array {
  const steps = vectors.flatMap((opcode) => {
    const found = step(opcode);
    return found === undefined ? [] : [{ sub: opcode.code & 0xfff, ...found }];
  });
  const targets = Array.from({ length: 0x100 }, (_, sub) => {
    const index = steps.findIndex((found) => found.sub === sub);
    return index < 0 ? steps.length + 1 : index;
  });
  // From the inside out: one block a step, the block behind which the run goes on, the loop, the block of none.
  const code: Instruction[] = [
    ["loop", emptyBlock],
    ["block", emptyBlock],
    ["block", emptyBlock],
  ];
  for (let count = 0; count < steps.length; count++) code.push(["block", emptyBlock]);
  code.push(["local.get", local.pc], ["i32.load16_u", 1, 2]);
  code.push(["br_table", ...targets, steps.length + 1]);
  for (const [index, { code: does, size }] of steps.entries()) {
    code.push("end", ...(does as Instruction[]));
    code.push(
      ...(set(local.pc, [...get(local.pc), ...constant(size), "i32.add"]) as Instruction[]),
    );
    code.push(["br", steps.length - 1 - index]);
  }
  // The first `end` is that of the block behind the steps; what is no step is a broken invariant.
  code.push("end", ["local.get", local.pc], ["i32.load16_u", 1, 0], ["i32.const", op.vector]);
  code.push("i32.eq", ["br_if", 1], ["local.get", local.pc], "return", "end", "unreachable", "end");
  code.push("unreachable");
  return assembleBody([[Object.keys(local).length - 2, valueType.i32]], code);
}
