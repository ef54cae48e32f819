import { type Opcode, opcodes } from "../../wasm/index.ts";
import { entry, func, guestBase, header, pageLog2, stackEnd, table } from "../layout.ts";
import {
  br,
  brIf,
  type Code,
  constant,
  constantBytes,
  get,
  immediate,
  type Letter,
  loadSlot,
  local,
  next,
  set,
  slot,
  slotTypes,
  spend,
  storeSlot,
  take,
  takeIf,
  u16,
  u32,
} from "./code.ts";

// Instructions of the register code: 16 bits of operation, then operands. A slot is its offset from the frame as 16
// bits; the result's comes first, so that the translator can change it; constants and targets come last.

/** An operation that is executed inside the interpreter's function. */
export interface Handler {
  readonly name: string;
  readonly code: Code;
}

type Number = "i" | "I" | "f" | "F";

const swappable = new Set(["add", "mul", "and", "or", "xor", "eq", "ne"]);
const mirrored: Record<string, string> = { lt: "gt", gt: "lt", le: "ge", ge: "le" };

/** Names what an operation is when its operands change places, or nothing. */
export function swappedName(name: string): string | undefined {
  const [type, operation] = name.split(".") as [string, string];
  const [verb, sign] = operation.split("_") as [string, string | undefined];
  if (swappable.has(operation)) return name;
  const other = mirrored[verb];
  if (other === undefined) return undefined;
  return `${type}.${other}${sign === undefined ? "" : `_${sign}`}`;
}

const plainNumeric = opcodes.filter(
  ({ code, effect }) => code >= 0x45 && code <= 0xfc007 && effect !== undefined,
);
const isCompare = /^[if]\d\d\.(eq|ne|[lg][te](_[su])?)$/;
/** Integer comparisons in such an order that a number's lowest bit negates it. */
const integerOrder = "eq ne lt_s ge_s lt_u ge_u gt_s le_s gt_u le_u".split(" ");
const floatOrder = "eq ne lt ge gt le".split(" ");
/** All comparisons of two operands, in the order of their numbers. */
export const compares: readonly string[] = [
  ...integerOrder.map((name) => `i32.${name}`),
  ...integerOrder.map((name) => `i64.${name}`),
  ...floatOrder.map((name) => `f32.${name}`),
  ...floatOrder.map((name) => `f64.${name}`),
];
const retyped = new Set(
  "i32.wrap_i64 i32.reinterpret_f32 i64.reinterpret_f64 f32.reinterpret_i32 f64.reinterpret_i64".split(
    " ",
  ),
);
/** Tells whether an instruction leaves a slot's bits as they are. */
export const isRetype = (name: string): boolean => retyped.has(name);

const letterOf = (name: string): Number =>
  ({ i32: "i", i64: "I", f32: "f", f64: "F" })[name.slice(0, 3)] as Number;

/** Unary instructions (`eqz` is a comparison with 0) and those of two operands that are no comparisons. */
export const unaries: readonly Opcode[] = plainNumeric.filter(
  ({ name, effect }) =>
    effect!.operands.length === 1 && !retyped.has(name) && !name.endsWith("eqz"),
);
export const binaries: readonly Opcode[] = plainNumeric.filter(
  ({ name, effect }) => effect!.operands.length === 2 && !isCompare.test(name),
);

function unaryHandlers(): Handler[] {
  return unaries.map(({ name, effect }) => ({
    name,
    code: [
      ...storeSlot(effect!.results as Letter, 2, [
        ...loadSlot(effect!.operands as Letter, 4),
        name,
      ]),
      ...next(6),
    ],
  }));
}

function binaryHandlers(): Handler[] {
  return binaries.flatMap(({ name }): Handler[] => {
    const letter = letterOf(name);
    const size = 6 + constantBytes[letter];
    const inSlot = loadSlot(letter, 4);
    const inCode = immediate(letter, 6);
    const keep = (values: Code, end: number): Code => [
      ...storeSlot(letter, 2, [...values, name]),
      ...next(end),
    ];
    const shapes: Handler[] = [
      { name, code: keep([...inSlot, ...loadSlot(letter, 6)], 8) },
      { name: `${name}:k`, code: keep([...inSlot, ...inCode], size) },
    ];
    if (swappedName(name) === undefined) {
      shapes.push({ name: `k:${name}`, code: keep([...inCode, ...inSlot], size) });
    }
    return shapes;
  });
}

// Superinstructions: what the translator makes of two instructions, the second of which uses up the first's result.

/** A binary instruction with a load as its right operand: the address, whose offset is 0, in place of the slot. */
const withLoad = "f64.add f64.sub f64.mul f32.add f32.mul i32.add i32.xor i64.add i64.xor".split(
  " ",
);

function loadingHandlers(): Handler[] {
  return withLoad.map((name): Handler => {
    const letter = letterOf(name);
    const load: Code = [[`${slotTypes[letter].name}.load`, 0, guestBase]];
    return {
      name: `${name}<load`,
      code: [
        ...storeSlot(letter, 2, [...loadSlot(letter, 4), ...loadSlot("i", 6), ...load, name]),
        ...next(8),
      ],
    };
  });
}

/** The first and the second instructions of pairs; a second one's name says where the first's result goes. */
const pairParts = {
  i: {
    first:
      "i32.add i32.add:k i32.sub i32.mul i32.mul:k i32.and i32.and:k i32.or i32.xor i32.xor:k i32.shl i32.shl:k i32.shr_u:k i32.shr_s:k i32.rotl:k".split(
        " ",
      ),
    second: "i32.add i32.xor i32.and i32.or".split(" "),
  },
  I: {
    first:
      "i64.add i64.add:k i64.mul i64.and i64.and:k i64.xor i64.shl:k i64.shr_u:k i64.rotl:k".split(
        " ",
      ),
    second: "i64.add i64.xor i64.and i64.or".split(" "),
  },
  F: {
    first: ["f64.add", "f64.sub", "f64.mul", "f64.mul:k", "f64.mul<load"],
    second: ["f64.add", "f64.add>", "f64.sub", "f64.sub>", "f64.mul"],
  },
} as const;

/** One pair: the other operand of the second instruction is behind the first's. */
export interface Pair {
  readonly first: string;
  readonly second: string;
}

/** All pairs, in the order of their numbers: for each type, all seconds of each first. */
export const pairs: readonly Pair[] = Object.values(pairParts).flatMap(({ first, second }) =>
  first.flatMap((one) => second.map((two) => ({ first: one, second: two }))),
);
/** Names the handler of a pair. */
export const pairName = ({ first, second }: Pair): string => `${first}|${second}`;
/** How many seconds follow one another for a first. */
export const secondsOf = (first: string): readonly string[] =>
  Object.values(pairParts).find((part) => (part.first as readonly string[]).includes(first))
    ?.second ?? [];

function pairHandlers(): Handler[] {
  return pairs.map(({ first, second }): Handler => {
    const letter = letterOf(first);
    const isConstant = first.endsWith(":k");
    const name = first.replace(/[:<].*/, "");
    const right: Code = isConstant
      ? immediate(letter, 6)
      : first.endsWith("<load")
        ? [...loadSlot("i", 6), [`${slotTypes[letter].name}.load`, 0, guestBase]]
        : loadSlot(letter, 6);
    const other = isConstant ? 6 + constantBytes[letter] : 8;
    const one: Code = [...loadSlot(letter, 4), ...right, name];
    const isRight = second.endsWith(">");
    const two: Code = isRight
      ? [...loadSlot(letter, other), ...one, second.slice(0, -1)]
      : [...one, ...loadSlot(letter, other), second];
    return {
      name: pairName({ first, second }),
      code: [...storeSlot(letter, 2, two), ...next(other + 2)],
    };
  });
}

/** Loops end in these: an addition, and a branch on what its result is compared with. */
export const countingCompares: readonly string[] = compares.slice(0, 10);

// The sum is stored first, since the other operand may be the same slot.
function countingHandlers(): Handler[] {
  return ["", ":k"].flatMap((added) =>
    ["", ":k"].flatMap((compared) =>
      countingCompares.map((name): Handler => {
        const summand = added === "" ? loadSlot("i", 6) : immediate("i", 6);
        const other = added === "" ? 8 : 10;
        const right = compared === "" ? loadSlot("i", other) : immediate("i", other);
        const target = other + (compared === "" ? 2 : 4);
        return {
          name: `i32.add${added};br_if:${name}${compared}`,
          code: takeIf(
            [
              ...slot(2),
              ...loadSlot("i", 4),
              ...summand,
              "i32.add",
              ["local.tee", local.a],
              ["i32.store", 2, 0],
              ...get(local.a),
              ...right,
              name,
            ],
            target,
          ),
        };
      }),
    ),
  );
}

function compareHandlers(): Handler[] {
  const values = compares.map((name): Handler => {
    const letter = letterOf(name);
    const test: Code = [...loadSlot(letter, 4), ...loadSlot(letter, 6), name];
    return { name, code: [...storeSlot("i", 2, test), ...next(8)] };
  });
  const constants = compares.map((name): Handler => {
    const letter = letterOf(name);
    const test: Code = [...loadSlot(letter, 4), ...immediate(letter, 6), name];
    return {
      name: `${name}:k`,
      code: [...storeSlot("i", 2, test), ...next(6 + constantBytes[letter])],
    };
  });
  return [...values, ...constants, ...branches("br_if", []), ...branches("br_unless", ["i32.eqz"])];
}

// The branch for "not" of an integer comparison is that of another one: see `aliases`.
function branches(prefix: string, negate: Code): Handler[] {
  const wanted = compares.filter((name) => negate.length === 0 || name.startsWith("f"));
  return ["", ":k"].flatMap((shape) =>
    wanted.map((name): Handler => {
      const letter = letterOf(name);
      const second = shape === "" ? loadSlot(letter, 4) : immediate(letter, 4);
      const test: Code = [...loadSlot(letter, 2), ...second, name, ...negate];
      return {
        name: `${prefix}:${name}${shape}`,
        code: takeIf(test, shape === "" ? 6 : 4 + constantBytes[letter]),
      };
    }),
  );
}

/** All loads and stores of numbers. */
export const accesses: readonly Opcode[] = opcodes.filter(
  ({ code }) => code >= 0x28 && code <= 0x3e,
);
const alignOf = (name: string): number => {
  const bits = /(8|16|32)(_[su])?$/.exec(name.split(".")[1]!)?.[1];
  return bits === undefined
    ? slotTypes[letterOf(name)].align
    : { 8: 0, 16: 1, 32: 2 }[bits as "8" | "16" | "32"];
};
/** Bytes that an access touches. */
export const widthOf = (name: string): number => 1 << alignOf(name);

// The sum wraps where the specification's does not: what got smaller was beyond all memory.
const checkedAddress = (base: number, offset: number): Code => [
  ...loadSlot("i", base),
  ["local.tee", local.a],
  ...u32(offset),
  "i32.add",
  ["local.tee", local.b],
  ...brIf("outOfBounds", [...get(local.b), ...get(local.a), "i32.lt_u"]),
];

function accessHandlers(): Handler[] {
  return accesses.flatMap(({ name }) => (name.includes("load") ? loads(name) : stores(name)));
}

function loads(name: string): Handler[] {
  const letter = letterOf(name);
  const load: Code = [[name, 0, guestBase]];
  const into = (address: Code, size: number): Code => [
    ...storeSlot(letter, 2, [...address, ...load]),
    ...next(size),
  ];
  return [
    { name, code: into(checkedAddress(4, 6), 10) },
    { name: `${name}:0`, code: into(loadSlot("i", 4), 6) },
    { name: `${name}:k`, code: into(u32(4), 8) },
  ];
}

function stores(name: string): Handler[] {
  const letter = letterOf(name);
  const store: Code = [[name, 0, guestBase]];
  const shapes: Handler[] = [
    { name, code: [...checkedAddress(2, 6), ...loadSlot(letter, 4), ...store, ...next(10)] },
    {
      name: `${name}:0`,
      code: [...loadSlot("i", 2), ...loadSlot(letter, 4), ...store, ...next(6)],
    },
    { name: `${name}:k`, code: [...u32(4), ...loadSlot(letter, 2), ...store, ...next(8)] },
  ];
  if (letter === "f" || letter === "F") return shapes;
  const value = (at: number): Code => immediate(letter, at);
  return [
    ...shapes,
    { name: `${name}=c`, code: [...checkedAddress(2, 4), ...value(8), ...store, ...next(12)] },
    { name: `${name}=c:0`, code: [...loadSlot("i", 2), ...value(4), ...store, ...next(8)] },
    { name: `${name}=c:k`, code: [...u32(2), ...value(6), ...store, ...next(10)] },
  ];
}

// What only moves bits moves them as integers, so that no engine touches a NaN.
function moves(): Handler[] {
  const of = (letter: "i" | "I", bits: 32 | 64): Handler[] => {
    const { name, align } = slotTypes[letter];
    const full: Code = letter === "i" ? u32(4) : [...get(local.pc), ["i64.load", 1, 4]];
    return [
      { name: `copy${bits}`, code: [...storeSlot(letter, 2, loadSlot(letter, 4)), ...next(6)] },
      {
        name: `const${bits}`,
        code: [...storeSlot(letter, 2, full), ...next(bits === 32 ? 8 : 12)],
      },
      {
        name: `select${bits}`,
        code: [
          ...storeSlot(letter, 2, [
            ...loadSlot(letter, 4),
            ...loadSlot(letter, 6),
            ...loadSlot("i", 8),
            "select",
          ]),
          ...next(10),
        ],
      },
      {
        name: `global.get${bits}`,
        code: [...storeSlot(letter, 2, [...u32(4), [`${name}.load`, align, 0]]), ...next(8)],
      },
      {
        name: `global.set${bits}`,
        code: [...u32(4), ...loadSlot(letter, 2), [`${name}.store`, align, 0], ...next(8)],
      },
      { name: `return${bits}`, code: returning(letter) },
    ];
  };
  return [...of("i", 32), ...of("I", 64)];
}

// The frame moves back by what the call has moved it on, which is the call's last operand.
const leave: Code = [
  ...set(local.fp, [
    ...get(local.fp),
    ...get(local.returnTo),
    ...constant(2),
    "i32.sub",
    ["i32.load16_u", 1, 0],
    "i32.sub",
  ]),
  ...set(local.pc, get(local.returnTo)),
  ...br("loop"),
];
const headerSlot = (at: number): Code => [...slot(at), ["i32.load", 2, header.returnTo]];
// The result goes where the header may be, so the header is read first.
const returning = (letter: "i" | "I"): Code => {
  const { name, align } = slotTypes[letter];
  return [
    ...set(local.returnTo, headerSlot(2)),
    ...get(local.fp),
    ...loadSlot(letter, 4),
    [`${name}.store`, align, 0],
    ...leave,
  ];
};

const callee = (offset: number): Code => [...get(local.func), ["i32.load", 2, offset]];

function control(): Handler[] {
  const moveFrame = (at: number): Code => set(local.fp, [...get(local.fp), ...u16(at), "i32.add"]);
  const comeBack = (size: number): Code =>
    set(local.returnTo, [...get(local.pc), ...constant(size), "i32.add"]);
  return [
    { name: "br", code: take(2) },
    { name: "br_if", code: takeIf(loadSlot("i", 2), 4) },
    { name: "br_unless", code: takeIf([...loadSlot("i", 2), "i32.eqz"], 4) },
    {
      name: "br_table",
      code: [
        ...loadSlot("i", 2),
        ["local.tee", local.a],
        ...u32(4),
        ["local.tee", local.b],
        ...get(local.a),
        ...get(local.b),
        "i32.lt_u",
        "select",
        ...constant(2),
        "i32.shl",
        ...get(local.pc),
        "i32.add",
        ["i32.load", 1, 8],
        ["local.set", local.pc],
        ...spend,
        ...br("loop"),
      ],
    },
    {
      name: "call",
      code: [...set(local.func, u32(2)), ...comeBack(8), ...moveFrame(6), ...br("enter")],
    },
    {
      name: "call_indirect",
      code: [
        ...set(local.a, loadSlot("i", 2)),
        ...set(local.b, u32(4)),
        ...brIf("indirect", [
          ...get(local.a),
          ...get(local.b),
          ["i32.load", 2, table.size],
          "i32.ge_u",
        ]),
        ...set(local.func, [
          ...get(local.b),
          ["i32.load", 2, table.elements],
          ...get(local.a),
          ...constant(2),
          "i32.shl",
          "i32.add",
          ["i32.load", 2, 0],
        ]),
        ...brIf("indirect", [...callee(func.typeId), ...u32(8), "i32.ne"]),
        ...comeBack(14),
        ...moveFrame(12),
        ...br("enter"),
      ],
    },
    { name: "return", code: [...set(local.returnTo, headerSlot(2)), ...leave] },
    {
      name: "memory.size",
      code: [
        ...storeSlot("i", 2, [
          ["memory.size", 0],
          ...constant(guestBase),
          ...constant(pageLog2),
          "i32.shr_u",
          "i32.sub",
        ]),
        ...next(4),
      ],
    },
  ];
}

/** Begins an activation of `local.func`, whose frame is at `local.fp`. */
export const enterFunction: Code = [
  ...set(local.a, callee(func.code)),
  ...get(local.fp),
  ...get(local.a),
  ["i32.load", 2, entry.frameBytes],
  "i32.add",
  ...brIf("enterFailed", [...constant(stackEnd), "i32.gt_u"]),
  ...set(local.b, [
    ...get(local.fp),
    ...get(local.a),
    ["i32.load16_u", 1, entry.header],
    "i32.add",
  ]),
  ...get(local.b),
  ...get(local.returnTo),
  ["i32.store", 2, header.returnTo],
  ...get(local.b),
  ...get(local.func),
  ["i32.store", 2, header.func],
  ...set(local.pc, [...get(local.a), ...constant(entry.size), "i32.add"]),
  // From here on `a` is where the locals end.
  ...set(local.a, [
    ...get(local.b),
    ...get(local.a),
    ["i32.load16_u", 1, entry.zeroBytes],
    "i32.add",
  ]),
  ["block", 0x40],
  ["loop", 0x40],
  ...get(local.b),
  ...get(local.a),
  "i32.ge_u",
  ["br_if", 1],
  ...set(local.b, [...get(local.b), ...constant(8), "i32.add"]),
  ...get(local.b),
  ["i64.const", 0],
  ["i64.store", 3, 0],
  ["br", 0],
  "end",
  "end",
  ...spend,
  ...br("loop"),
];

/** All handlers in the order of their numbers, from 1 on; 0 is no operation. */
export const handlers: readonly Handler[] = [
  ...control(),
  ...moves(),
  ...compareHandlers(),
  ...unaryHandlers(),
  ...binaryHandlers(),
  ...accessHandlers(),
  ...loadingHandlers(),
  ...pairHandlers(),
  ...countingHandlers(),
];
