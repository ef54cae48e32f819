// Where things lie in the one linear memory of the host module. Everything below `guestBase` is the runtime's own;
// the guest's memory is last, so that the outer engine's bounds check is the guest's.

/**
 * Address of the guest's byte 0, folded into the offset of every access. `moveGuest` finds it in the finished module by
 * its value, so nothing may be calculated from it beforehand but `lastAddress`.
 */
export const guestBase = 0x100_0000;
/** The guest's highest address that has one of 32 bits in the host's memory. */
export const lastAddress: number = -1 - guestBase;
/** Exponent of a page's bytes. */
export const pageLog2 = 16;

/** What a null function reference points to: its type id (at `func.typeId`) equals no type's. */
export const nullFunction = 0;
/** Code that ends a run: a host's call returns here. Two bytes in front of it say "the frame did not move". */
export const exitCode = 0x22;
/**
 * Where the code pointer of a function leads that has no code yet or is the host's: an entry that asks for more
 * stack than there is, so that it costs a call nothing to find out.
 */
export const noCode = 0x30;
/** Rows of the opcode table, see `row`. */
export const rowsStart = 0x1000;
/** Pairs by their first part, 16 bits for each operation. */
export const pairsStart = 0x4000;
/** There are fewer operations than this. */
export const mostOperations = 0x800;
/** Branches for "unless" by comparison, 16 bits each. */
export const unlessStart = 0x5000;
/** Names of WASI's functions: length, bytes; a length of 0 ends the list. */
export const wasiNamesStart = 0x5800;
/** SHA-256's constants, then its first values: 288 bytes. */
export const sha256Start = 0x5c00;
/** Text and other constants of the code inside. */
export const constantsStart = 0x6000;
/** Lists of buffers on their way to the host, and what the host answers. */
export const scratchStart = 0x1_0000;
/** Bytes there. */
export const scratchBytes = 0x1_0000;
/** The translator's stacks: operands, open blocks, the types and places of locals. */
export const operandsStart = 0x2_0000;
/** End of the operands. */
export const operandsEnd = 0x5_0000;
/** Open blocks. */
export const blocksStart = 0x5_0000;
/** End of the open blocks. */
export const blocksEnd = 0xd_0000;
/** Locals of the function in translation. */
export const localsStart = 0xd_0000;
/** End of the locals. */
export const localsEnd = 0xf_0000;
/** The guest's stack: frames, plain data. */
export const stackStart = 0x10_0000;
/** End of the guest's stack; a call that needs more is "call stack exhausted". */
export const stackEnd = 0x30_0000;
/** From here to `guestBase`: the module, its tables and globals, and the translated code. */
export const arenaStart = 0x30_0000;

/** Bytes of a slot; a v128 takes two. */
export const slotBytes = 8;
/** Frames end below this: operands are 16-bit offsets. */
export const mostFrameBytes = 0xfff0;

/** Offsets in a function's record; a reference to a function is its record's address. */
export const func = {
  code: 0,
  typeId: 4,
  isHost: 8,
  bodyStart: 12,
  bodyEnd: 16,
  index: 20,
  hostId: 24,
  size: 32,
} as const;

/** Offsets in a function type's record; equal types have one record, and its address is the type's id. */
export const funcType = {
  paramCount: 0,
  resultCount: 4,
  paramBytes: 8,
  resultBytes: 12,
  /** The types of parameters, then of results, a byte each. */
  types: 16,
} as const;

/** Offsets in a table's record. */
export const table = {
  elements: 0,
  size: 4,
  max: 8,
  capacity: 12,
  type: 16,
  recordSize: 24,
} as const;

/** Offsets in a global's record: 16 bytes of value, its type, whether it may change. */
export const global = { value: 0, type: 16, mutable: 20, size: 24 } as const;

/**
 * Offsets in a segment's record; what was dropped has length 0. `kind`: 0 active, 1 passive, 2 declared; `target` and
 * `offset` are where an active one goes.
 */
export const segment = {
  start: 0,
  length: 4,
  kind: 8,
  target: 12,
  offset: 16,
  type: 20,
  size: 24,
} as const;

/** Offsets in front of a function's code. */
export const entry = { header: 0, zeroBytes: 2, frameBytes: 4, size: 8 } as const;

/** Offsets in a frame's header slot: where the caller goes on, and whose frame it is. */
export const header = { returnTo: 0, func: 4 } as const;

/** Offsets in a row of the opcode table. */
export const row = {
  kind: 0,
  first: 1,
  second: 2,
  third: 3,
  result: 4,
  immediates: 5,
  /** Handlers for: two slots; a slot and a constant; a constant and a slot. 0 where there is none. */
  slots: 6,
  slotConstant: 8,
  constantSlot: 10,
  /** The row to take with operands swapped, plus one; 0 where there is none. */
  swapped: 12,
  /** For accesses: bytes that are touched. */
  width: 14,
  /** For binary instructions: with a load as right operand, or 0. */
  withLoad: 16,
  /** The place among second parts of pairs, plus one: with the pair's first part left, and right. */
  pairLeft: 18,
  pairRight: 19,
  size: 20,
} as const;

/** Where the rows behind prefixes 0xfc and 0xfd begin, as row numbers. */
export const prefixed = { fc: 0x100, fd: 0x120, end: 0x240 } as const;

/** Kinds of rows. */
export const rowKind = {
  /** Nothing, or an instruction with a case of its own in the translator. */
  special: 0,
  unary: 1,
  binary: 2,
  compare: 3,
  load: 4,
  store: 5,
  /** The bits stay where they are: only the type changes. */
  retype: 6,
  eqz: 7,
  /** Vector instructions: like unary, binary, ternary, but all operands in slots. */
  plain: 8,
  lane: 9,
  loadLane: 10,
  storeLane: 11,
} as const;

/** Shapes of immediates, for skipping over instructions. */
export const immediates = {
  none: 0,
  one: 1,
  two: 2,
  memarg: 3,
  memargLane: 4,
  lane: 5,
  shuffle: 6,
  blocktype: 7,
  labels: 8,
  f32: 9,
  f64: 10,
  signed32: 11,
  signed64: 12,
  valtypes: 13,
  unknown: 255,
} as const;

/** Why the interpreter's function returned, beside the number of an operation that is done outside of it. */
export const exits = { fuel: -1, enter: -2, indirect: -3 } as const;

/** What a guest's trap is done with: see `trap` in `host-module.ts`. */
export const traps = {
  unreachable: 0,
  memory: 1,
  tableIndex: 2,
  noFunction: 3,
  exhausted: 4,
} as const;
