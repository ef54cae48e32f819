import { DecodeError } from "../bytes/index.ts";
import { InstructionReader, readLocals, skipKind, skipKinds } from "../wasm/index.ts";
import type { Module } from "../wasm/index.ts";
import type { Returns } from "./returns.ts";

/** The point where every activation starts and ends: what flows out of a function flows in again. */
export const outside = 0;

/** Places in a body that a pass may want to change, beside the starts of blocks. */
export const siteKind = {
  /** `call` or `return_call`; the argument is the callee. */
  call: 1,
  /** Any other call that comes back. */
  callIndirect: 2,
  /** The place in front of a tail call of any kind; it has no length. */
  tailCall: 3,
  /** `ref.func`; the argument is the function. */
  refFunc: 4,
  /** Where control arrives from an exception handler. */
  handler: 5,
  /** `memory.grow` or `memory.size` of the first memory. */
  memoryGrow: 6,
  memorySize: 7,
  /** `return`; the argument is the label depth that leads out of the body. */
  return: 8,
  /** `loop`; the argument is the loop's number. */
  loop: 9,
} as const;

const opcode = {
  unreachable: 0x00,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  try: 0x06,
  catch: 0x07,
  throw: 0x08,
  rethrow: 0x09,
  throwRef: 0x0a,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  callIndirect: 0x11,
  returnCall: 0x12,
  returnCallIndirect: 0x13,
  callRef: 0x14,
  returnCallRef: 0x15,
  delegate: 0x18,
  catchAll: 0x19,
  tryTable: 0x1f,
  memorySize: 0x3f,
  memoryGrow: 0x40,
  refFunc: 0xd2,
  brOnNull: 0xd5,
  brOnNonNull: 0xd6,
  brOnCast: 0xfb018,
  brOnCastFail: 0xfb019,
} as const;

/** `skipKinds` without all that ends a block or may become a site, and with two kinds of our own. */
const passKinds = Uint8Array.from(skipKinds);
const passConditional = 16;
const passBlock = 17;
for (const code of [
  opcode.unreachable,
  opcode.br,
  opcode.return,
  opcode.memorySize,
  opcode.memoryGrow,
  opcode.brOnNull,
  opcode.brOnNonNull,
]) {
  passKinds[code] = skipKind.other;
}
passKinds[opcode.brIf] = passConditional;
passKinds[opcode.block] = passBlock;

/** Ranks of blocks: those that run more often, by guess, have a higher one. */
const ranks = 256;
const ranksALoop = 16;

const unset = -1;
/** Small, so that growing is not new to V8 when a large module comes (see `rehearsal.ts`). */
const firstCapacity = 16;

/**
 * The control flow of one body, in reused arrays. A block ("vertex") is a run of instructions entered only
 * at its start. It leads from one *point* to another; blocks with a common successor share the point at
 * which they end, and a block starts at the point where its predecessors end. What arrives at a point
 * leaves it again, which is all that is needed to find the counts of some blocks from those of others
 * (Knuth and Stevenson, "Optimal measurement points for program frequency counts", 1973).
 */
export class FlowGraph {
  /** Number of blocks. They are in the order of their offsets. */
  count = 0;
  /** Offset of each block's first instruction, where code may be inserted. */
  offset: Uint32Array<ArrayBuffer> = new Uint32Array(firstCapacity);
  /** Instructions of each block, without `end`, `else`, `catch` and `delegate`, which do nothing. */
  size: Uint32Array<ArrayBuffer> = new Uint32Array(firstCapacity);
  /** The points that each block leads from and to: representatives, see `find`. */
  from: Int32Array<ArrayBuffer> = new Int32Array(firstCapacity);
  to: Int32Array<ArrayBuffer> = new Int32Array(firstCapacity);
  /** The guess of how often the block runs, below `ranks`. */
  rank: Uint8Array<ArrayBuffer> = new Uint8Array(firstCapacity);
  /** Innermost loop of each block, an index into `loopHeader`, or -1. */
  loop: Int32Array<ArrayBuffer> = new Int32Array(firstCapacity);
  /** For each loop: the loop around it, or -1. */
  readonly loopParent: number[] = [];
  /** For each loop: whether something in it may run other code (a call of any kind). */
  readonly loopCalls: boolean[] = [];
  /** For each loop: whether another loop lies inside. */
  readonly loopIsOuter: boolean[] = [];

  /** Number of sites, in the order of their offsets. */
  siteCount = 0;
  siteKind: Uint8Array<ArrayBuffer> = new Uint8Array(firstCapacity);
  /** Offset of the site's instruction; `siteEnd` is the offset behind it. */
  siteStart: Uint32Array<ArrayBuffer> = new Uint32Array(firstCapacity);
  siteEnd: Uint32Array<ArrayBuffer> = new Uint32Array(firstCapacity);
  siteArgument: Uint32Array<ArrayBuffer> = new Uint32Array(firstCapacity);
  /** Whether an exception handler leads to the start of a loop. */
  loopsHandle = false;

  /** Offset of the first instruction, and of the body's end. */
  codeStart = 0;
  codeEnd = 0;
  /** Number of declared locals (parameters not among them). */
  localCount = 0;

  /** Which kinds of sites are recorded: the sum of `1 << kind`. */
  wantedSites: number = ~0;

  readonly #module: Module;
  readonly #returns: Returns;
  readonly #reader: InstructionReader;

  #points: Int32Array<ArrayBuffer> = new Int32Array(firstCapacity);
  #pointCount = 0;

  // The open blocks, as parallel stacks.
  #depth = 0;
  readonly #frameCode: number[] = [];
  /** Point of the label, or `unset` while nothing branches there. */
  readonly #frameLabel: number[] = [];
  /** For `if`: the point behind the condition. */
  readonly #frameElse: number[] = [];
  /** How many conditions end with this block. */
  readonly #frameConditions: number[] = [];
  /** Whether control arrives at the label from an exception handler. */
  readonly #frameHandles: boolean[] = [];
  readonly #frameLoop: number[] = [];

  /** The block being read, or `unset` where code cannot be reached. */
  #current = unset;
  /** Frames opened in unreachable code. */
  #deadDepth = 0;
  #loopDepth = 0;
  #conditions = 0;
  #loopNow = unset;

  constructor(module: Module, returns: Returns) {
    this.#module = module;
    this.#returns = returns;
    this.#reader = new InstructionReader(module.bytes);
  }

  /** Finds the representative of a point: blocks that share it, share the point. */
  find(point: number): number {
    const points = this.#points;
    let at = point;
    while (points[at] !== at) {
      points[at] = points[points[at]!]!;
      at = points[at]!;
    }
    return at;
  }

  get pointCount(): number {
    return this.#pointCount;
  }

  /** Reads the `defined`th body. Throws a `DecodeError` when it is malformed. */
  read(defined: number): void {
    const { bodies, bytes } = this.#module;
    const end = bodies.end[defined]!;
    const { codeStart, count } = readLocals(bytes, bodies.start[defined]!, end);
    this.localCount = count;
    this.codeStart = codeStart;
    this.codeEnd = end;
    this.count = 0;
    this.siteCount = 0;
    this.#pointCount = 0;
    // Setting a length costs more than reading it, and most bodies have no loop.
    if (this.loopParent.length > 0) {
      this.loopParent.length = this.loopCalls.length = this.loopIsOuter.length = 0;
    }
    this.#depth = this.#deadDepth = this.#loopDepth = this.#conditions = 0;
    this.#loopNow = unset;
    this.#current = unset;
    this.loopsHandle = false;
    const reader = this.#reader;
    reader.reset(codeStart, end);
    this.#push(opcode.block, this.#point());
    this.#begin(outside, codeStart);
    while (this.#depth > 0) {
      if (this.#pass(reader)) continue;
      reader.next();
      if (this.#current !== unset) this.#live(reader);
      else this.#dead(reader);
    }
    if (reader.position !== end) {
      throw new DecodeError("bytes behind the final end", reader.position);
    }
    for (let block = 0; block < this.count; block++) {
      this.from[block] = this.find(this.from[block]!);
      this.to[block] = this.find(this.to[block]!);
    }
  }

  /**
   * Passes instructions that have nothing to do with control, as most have not, and the most frequent ones that
   * have. Returns true behind one of these, and false in front of any other, or of one that looks unusual:
   * `InstructionReader` knows what to say of it.
   */
  #pass(reader: InstructionReader): boolean {
    const { bytes, end } = reader;
    const kinds = passKinds;
    let position = reader.position;
    let count = 0;
    let kind = 0;
    while (position < end) {
      // See `skipKind`.
      kind = kinds[bytes[position]!]!;
      let next: number;
      if (kind === 2) {
        if (bytes[position + 1]! < 0x80) next = position + 2;
        else if (bytes[position + 2]! < 0x80) next = position + 3;
        else if (bytes[position + 3]! < 0x80) next = position + 4;
        else if (bytes[position + 4]! < 0x80) next = position + 5;
        else break;
      } else if (kind === 1) {
        next = position + 1;
      } else if (kind === 3) {
        if (bytes[position + 1]! >= 0x40) break;
        if (bytes[position + 2]! < 0x80) next = position + 3;
        else if (bytes[position + 3]! < 0x80) next = position + 4;
        else if (bytes[position + 4]! < 0x80) next = position + 5;
        else break;
      } else if (kind === 5) {
        next = position + 9;
      } else if (kind === 4) {
        next = position + 5;
      } else break;
      if (next > end) break;
      position = next;
      count++;
    }
    reader.position = position;
    if (this.#current === unset) return false;
    this.size[this.#current]! += count;
    if (position >= end) return false;
    if (kind === 7) {
      reader.start = position;
      reader.code = opcode.end;
      reader.position = position + 1;
      this.#endOfBlock(reader);
      return true;
    }
    const index = bytes[position + 1]!;
    // Labels, and block types, of one byte.
    if (index >= 0x80 || position + 2 > end) return false;
    if (kind === passConditional) {
      reader.start = position;
      reader.index = index;
      reader.position = position + 2;
      this.size[this.#current]!++;
      this.#conditional(reader);
      return true;
    }
    if (kind === passBlock && index !== 0x63 && index !== 0x64) {
      reader.start = position;
      reader.position = position + 2;
      this.size[this.#current]!++;
      this.#push(opcode.block, unset);
      return true;
    }
    return false;
  }

  #point(): number {
    const point = this.#pointCount++;
    if (point === this.#points.length) this.#points = doubled(this.#points);
    this.#points[point] = point;
    return point;
  }

  #join(left: number, right: number): void {
    const a = this.find(left);
    const b = this.find(right);
    // The smaller number represents both, so that `outside` stays its own representative.
    if (a < b) this.#points[b] = a;
    else this.#points[a] = b;
  }

  #begin(point: number, offset: number): void {
    const vertex = this.count++;
    if (vertex === this.offset.length) this.#growVertices();
    this.offset[vertex] = offset;
    this.size[vertex] = 0;
    this.from[vertex] = point;
    this.rank[vertex] = this.#rank();
    this.loop[vertex] = this.#loopNow;
    this.#current = vertex;
  }

  #rank(): number {
    const inLoop = Math.max(1, ranksALoop - 1 - this.#conditions);
    return Math.min(this.#loopDepth * ranksALoop + inLoop, ranks - 1);
  }

  #end(point: number): void {
    this.to[this.#current] = point;
    this.#current = unset;
  }

  #push(code: number, label: number): void {
    const depth = this.#depth++;
    this.#frameCode[depth] = code;
    this.#frameLabel[depth] = label;
    this.#frameElse[depth] = unset;
    this.#frameConditions[depth] = 0;
    this.#frameHandles[depth] = false;
    this.#frameLoop[depth] = this.#loopNow;
  }

  /** Gives the point of the label `depth` frames up. */
  #label(depth: number): number {
    const frame = this.#frame(depth);
    const label = this.#frameLabel[frame]!;
    if (label !== unset) return label;
    return (this.#frameLabel[frame] = this.#point());
  }

  #frame(depth: number): number {
    if (depth >= this.#depth) throw new DecodeError(`unknown label ${depth}`, this.#reader.start);
    return this.#depth - 1 - depth;
  }

  /** Handles an instruction that control can reach. */
  #live(reader: InstructionReader): void {
    const { code } = reader;
    switch (code) {
      case opcode.else:
        this.#else(reader);
        return;
      case opcode.catch:
      case opcode.catchAll:
        this.#catch(reader);
        return;
      case opcode.delegate:
      case opcode.end:
        this.#endOfBlock(reader);
        return;
    }
    this.size[this.#current]!++;
    switch (code) {
      case opcode.block:
      case opcode.try:
        this.#push(code, unset);
        break;
      case opcode.tryTable:
        this.#handlers(reader);
        this.#push(code, unset);
        break;
      case opcode.loop:
        this.#loop(reader);
        break;
      case opcode.if: {
        const condition = this.#point();
        this.#end(condition);
        this.#push(code, unset);
        this.#frameElse[this.#depth - 1] = condition;
        this.#frameConditions[this.#depth - 1] = 1;
        this.#conditions++;
        this.#begin(condition, reader.position);
        break;
      }
      case opcode.br:
        this.#end(this.#label(reader.index));
        break;
      case opcode.brIf:
      case opcode.brOnNull:
      case opcode.brOnNonNull:
      case opcode.brOnCast:
      case opcode.brOnCastFail:
        this.#conditional(reader);
        break;
      case opcode.brTable: {
        const point = this.#label(reader.labels[0]!);
        for (let at = 1; at < reader.labelCount; at++) {
          this.#join(point, this.#label(reader.labels[at]!));
        }
        this.#end(point);
        break;
      }
      case opcode.return:
        this.#site(siteKind.return, this.#depth - 1);
        this.#end(outside);
        break;
      case opcode.unreachable:
      case opcode.throw:
      case opcode.rethrow:
      case opcode.throwRef:
        // Hardly ever run: a good place for a counter.
        this.rank[this.#current] = 0;
        this.#end(outside);
        break;
      case opcode.returnCall:
        this.#site(siteKind.tailCall, 0);
        this.#site(siteKind.call, reader.index);
        this.#end(outside);
        break;
      case opcode.returnCallIndirect:
      case opcode.returnCallRef:
        this.#site(siteKind.tailCall, 0);
        this.#end(outside);
        break;
      case opcode.call:
        this.#site(siteKind.call, reader.index);
        this.#afterCall(reader, this.#returns.mayLeave[reader.index] !== 0);
        break;
      case opcode.callIndirect:
      case opcode.callRef:
        this.#site(siteKind.callIndirect, 0);
        this.#afterCall(reader, this.#returns.indirectMayLeave[reader.index] !== 0);
        break;
      case opcode.memoryGrow:
        if (reader.index === 0) {
          this.#site(siteKind.memoryGrow, 0);
          // It may become a call that moves what a pass keeps behind the guest's memory.
          this.#afterCall(reader, false);
        }
        break;
      case opcode.memorySize:
        if (reader.index === 0) this.#site(siteKind.memorySize, 0);
        break;
      case opcode.refFunc:
        this.#site(siteKind.refFunc, reader.index);
        break;
    }
  }

  /** Handles an instruction that control cannot reach: only what opens, closes and names functions. */
  #dead(reader: InstructionReader): void {
    const { code } = reader;
    switch (code) {
      case opcode.block:
      case opcode.loop:
      case opcode.if:
      case opcode.try:
      case opcode.tryTable:
        this.#deadDepth++;
        break;
      case opcode.else:
        if (this.#deadDepth === 0) this.#else(reader);
        break;
      case opcode.catch:
      case opcode.catchAll:
        if (this.#deadDepth === 0) this.#catch(reader);
        break;
      case opcode.delegate:
      case opcode.end:
        if (this.#deadDepth > 0) this.#deadDepth--;
        else this.#endOfBlock(reader);
        break;
      // Functions are renumbered in code that never runs, too: it is validated.
      case opcode.call:
      case opcode.returnCall:
        this.#site(siteKind.call, reader.index);
        break;
      case opcode.refFunc:
        this.#site(siteKind.refFunc, reader.index);
        break;
    }
  }

  #loop(reader: InstructionReader): void {
    const header = this.#point();
    this.#end(header);
    this.#push(opcode.loop, header);
    if (this.#loopNow !== unset) this.loopIsOuter[this.#loopNow] = true;
    this.#loopNow = this.loopParent.push(this.#loopNow) - 1;
    this.#site(siteKind.loop, this.#loopNow);
    this.loopCalls.push(false);
    this.loopIsOuter.push(false);
    this.#loopDepth++;
    this.#begin(header, reader.position);
  }

  /** A branch that may go on: what follows runs less often, up to the label, if that lies in the same loop. */
  #conditional(reader: InstructionReader): void {
    const frame = this.#frame(reader.index);
    const point = this.#label(reader.index);
    if (this.#frameCode[frame] !== opcode.loop && this.#frameLoop[frame] === this.#loopNow) {
      this.#frameConditions[frame]!++;
      this.#conditions++;
    }
    this.#end(point);
    this.#begin(point, reader.position);
  }

  #afterCall(reader: InstructionReader, mayLeave: boolean): void {
    let loop = this.#loopNow;
    while (loop !== unset && !this.loopCalls[loop]!) {
      this.loopCalls[loop] = true;
      loop = this.loopParent[loop]!;
    }
    if (!mayLeave) return;
    this.#end(outside);
    this.#begin(outside, reader.position);
  }

  #handlers(reader: InstructionReader): void {
    for (let at = 0; at < reader.labelCount; at++) {
      const label = reader.labels[at]!;
      this.#join(outside, this.#label(label));
      const frame = this.#frame(label);
      this.#frameHandles[frame] = true;
      if (this.#frameCode[frame] === opcode.loop) this.loopsHandle = true;
    }
  }

  #else(reader: InstructionReader): void {
    const frame = this.#depth - 1;
    if (this.#frameCode[frame] !== opcode.if) {
      throw new DecodeError("else without if", reader.start);
    }
    if (this.#current !== unset) this.#end(this.#label(0));
    this.#frameCode[frame] = opcode.else;
    this.#begin(this.#frameElse[frame]!, reader.position);
  }

  #catch(reader: InstructionReader): void {
    const frame = this.#depth - 1;
    if (this.#frameCode[frame] !== opcode.try) {
      throw new DecodeError("catch without try", reader.start);
    }
    if (this.#current !== unset) this.#end(this.#label(0));
    this.#begin(outside, reader.position);
    this.#site(siteKind.handler, 0);
    // Exceptions are rare.
    this.rank[this.#current] = 0;
  }

  #endOfBlock(reader: InstructionReader): void {
    const frame = --this.#depth;
    const code = this.#frameCode[frame]!;
    let label = this.#frameLabel[frame]!;
    this.#conditions -= this.#frameConditions[frame]!;
    if (code === opcode.loop) {
      this.#loopDepth--;
      this.#loopNow = this.#frameLoop[frame]!;
      return;
    }
    if (reader.code === opcode.delegate && code !== opcode.try) {
      throw new DecodeError("delegate without try", reader.start);
    }
    if (code === opcode.if) {
      // Without `else` the condition leads past the block.
      const past = this.#frameElse[frame]!;
      if (label === unset) label = past;
      else this.#join(label, past);
    }
    if (label === unset) return;
    if (this.#current !== unset) this.#end(label);
    if (frame === 0) return;
    this.#begin(label, reader.position);
    if (this.#frameHandles[frame]) this.#site(siteKind.handler, 0);
  }

  #site(kind: number, argument: number): void {
    if ((this.wantedSites & (1 << kind)) === 0) return;
    const site = this.siteCount++;
    if (site === this.siteKind.length) this.#growSites();
    this.siteKind[site] = kind;
    this.siteStart[site] = this.#reader.start;
    this.siteEnd[site] = kind === siteKind.tailCall ? this.#reader.start : this.#reader.position;
    this.siteArgument[site] = argument;
  }

  #growVertices(): void {
    this.offset = doubled(this.offset);
    this.size = doubled(this.size);
    this.from = doubled(this.from);
    this.to = doubled(this.to);
    this.rank = doubled(this.rank);
    this.loop = doubled(this.loop);
  }

  #growSites(): void {
    this.siteKind = doubled(this.siteKind);
    this.siteStart = doubled(this.siteStart);
    this.siteEnd = doubled(this.siteEnd);
    this.siteArgument = doubled(this.siteArgument);
  }
}

function doubled<
  A extends Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer>,
>(array: A): A {
  const larger = new (array.constructor as new (length: number) => A)(array.length * 2);
  larger.set(array);
  return larger;
}
