import { type ImmediateKind, type Opcode, opcodes } from "../../wasm/index.ts";
import { immediates, mostOperations, prefixed, row, rowKind } from "../layout.ts";
import { type Letter, slotTypes } from "./code.ts";
import {
  accesses,
  pairName,
  pairs,
  secondsOf,
  binaries,
  compares,
  isRetype,
  swappedName,
  unaries,
  widthOf,
} from "./handlers.ts";
import { operation, operationOr0, unlessOperation } from "./operations.ts";
import { vectorKind } from "./vector.ts";

/** Numbers the rows: single bytes, then what is behind the two prefixes. */
function rowNumber(code: number): number | undefined {
  if (code < 0x100) return code;
  const sub = code & 0xfff;
  if (code >> 12 === 0xfc && sub < prefixed.fd - prefixed.fc) return prefixed.fc + sub;
  if (code >> 12 === 0xfd && sub < prefixed.end - prefixed.fd) return prefixed.fd + sub;
  return undefined;
}

const shapes: Partial<Record<ImmediateKind, number>> = {
  blocktype: immediates.blocktype,
  labels: immediates.labels,
  lane: immediates.lane,
  i32: immediates.signed32,
  i64: immediates.signed64,
  f32: immediates.f32,
  f64: immediates.f64,
  v128: immediates.shuffle,
  shuffle: immediates.shuffle,
  heaptype: immediates.signed32,
  valtypes: immediates.valtypes,
};

function immediatesOf({ immediates: kinds }: Opcode): number {
  const [first, second] = kinds;
  if (first === undefined) return immediates.none;
  if (first === "memarg") return second === undefined ? immediates.memarg : immediates.memargLane;
  if (second !== undefined) return kinds.length === 2 ? immediates.two : immediates.unknown;
  return shapes[first] ?? immediates.one;
}

const numeric = new Set([...unaries, ...binaries].map(({ name }) => name));
const accessNames = new Set(accesses.map(({ name }) => name));

function kindOf(opcode: Opcode): number {
  const { name, code, effect } = opcode;
  if (isRetype(name)) return rowKind.retype;
  if (name === "i32.eqz" || name === "i64.eqz") return rowKind.eqz;
  if (compares.includes(name)) return rowKind.compare;
  if (accessNames.has(name)) return name.includes("load") ? rowKind.load : rowKind.store;
  if (numeric.has(name)) return effect!.operands.length === 1 ? rowKind.unary : rowKind.binary;
  if (code >= 0xfd000 && code <= 0xfd0ff) {
    const kind = vectorKind(opcode);
    if (kind !== undefined) return rowKind[kind];
  }
  return rowKind.special;
}

/** Builds the table that the translator inside works by, to lie at `rowsStart`. */
export function rowBytes(): Uint8Array {
  const bytes = new Uint8Array(prefixed.end * row.size);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < prefixed.end; index++) {
    view.setUint8(index * row.size + row.immediates, immediates.unknown);
  }
  const numbers = new Map(opcodes.map(({ name, code }) => [name, rowNumber(code)]));
  for (const opcode of opcodes) {
    const number = rowNumber(opcode.code);
    if (number === undefined) continue;
    const at = number * row.size;
    const { name, effect } = opcode;
    const types = (effect?.operands ?? "")
      .split("")
      .map((letter) => slotTypes[letter as Letter].code);
    const kind = kindOf(opcode);
    view.setUint8(at + row.kind, kind);
    for (const [index, type] of types.entries()) view.setUint8(at + row.first + index, type);
    const results = effect?.results ?? "";
    const result = results.length === 1 ? slotTypes[results as Letter].code : 0;
    view.setUint8(at + row.result, result);
    view.setUint8(at + row.immediates, immediatesOf(opcode));
    const isVector = opcode.code >= 0xfd000;
    if (isVector) view.setUint16(at + row.slots, opcode.code & 0xfff, true);
    else if (hasHandlers(kind)) {
      view.setUint16(at + row.slots, operation(name), true);
      view.setUint16(at + row.slotConstant, operationOr0(`${name}:k`), true);
      view.setUint16(at + row.constantSlot, operationOr0(`k:${name}`), true);
      const swapped = swappedName(name);
      if (swapped !== undefined && effect?.operands.length === 2 && kind !== rowKind.store) {
        view.setUint16(at + row.swapped, numbers.get(swapped)! + 1, true);
      }
      writePairs(view, at, name);
      view.setUint16(at + row.withLoad, operationOr0(`${name}<load`), true);
    }
    if (accessNames.has(name)) view.setUint16(at + row.width, widthOf(name), true);
    else if (name.startsWith("v128.")) view.setUint16(at + row.width, vectorWidth(name), true);
  }
  return bytes;
}

const hasHandlers = (kind: number): boolean =>
  kind !== rowKind.special && kind !== rowKind.retype && kind !== rowKind.eqz;

const vectorWidth = (name: string): number => {
  const bits = /(?:load|store)(\d+)(?:x(\d))?/.exec(name);
  return bits === null ? 16 : (Number(bits[1]) / 8) * Number(bits[2] ?? 1);
};

/**
 * Builds the list of first parts of pairs, to lie at `pairsStart`: for each operation the number of its first pair, or
 * 0, 16 bits each. The number of a second part among its type's is in its row, see `row.pairLeft`.
 */
export function pairBytes(): Uint8Array {
  const list = new Uint16Array(mostOperations);
  for (const { first } of pairs) {
    list[operation(first)] = operation(pairName({ first, second: secondsOf(first)[0]! }));
  }
  return new Uint8Array(list.buffer);
}

function writePairs(view: DataView, at: number, name: string): void {
  const seconds = pairs.find(({ second }) => second === name);
  if (seconds === undefined) return;
  const all = secondsOf(seconds.first);
  const left = all.indexOf(name);
  const right = all.indexOf(`${name}>`);
  view.setUint8(at + row.pairLeft, left + 1);
  // Where no other order is known, none is needed: integers may change places, but products of floats may not.
  const isFloat = name.startsWith("f");
  view.setUint8(at + row.pairRight, right < 0 ? (isFloat ? 0 : left + 1) : right + 1);
}

/** Builds the list of operations that branch where a comparison does not hold, to lie at `unlessStart`. */
export function unlessBytes(): Uint8Array {
  const list = ["", ":k"].flatMap((shape) => compares.map((name) => unlessOperation(name + shape)));
  return new Uint8Array(Uint16Array.from(list).buffer);
}
