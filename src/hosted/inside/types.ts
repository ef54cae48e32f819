import { funcType } from "../layout.ts";
import { allocate, listAt, setListAt } from "./arena.ts";
import { load32, load8u, store32, store8, text } from "./machine.ts";
import { fail, readByte, readCount } from "./reader.ts";

export const i32 = 0x7f;
export const i64 = 0x7e;
export const f32 = 0x7d;
export const f64 = 0x7c;
export const v128 = 0x7b;
export const funcref = 0x70;
export const externref = 0x6f;

/** Addresses of the records of the module's types; equal types have the same. */
let types = 0;
let typeCount = 0;

export function isRefType(type: number): boolean {
  return type === funcref || type === externref;
}

export function isValueType(type: number): boolean {
  return (type >= v128 && type <= i32) || isRefType(type);
}

/** Gives the bytes that a value takes in a frame. */
export function bytesOf(type: number): number {
  return type === v128 ? 16 : 8;
}

export function readValueType(): number {
  const type = readByte();
  if (!isValueType(type)) fail(text("a value type that is not supported"));
  return type;
}

export function readRefType(): number {
  const type = readByte();
  if (!isRefType(type)) fail(text("a reference type that is not supported"));
  return type;
}

// Reads a list of types to `to`, and returns the bytes that its values take.
function readTypes(to: number, count: number): number {
  let bytes = 0;
  for (let index = 0; index < count; index++) {
    const type = readValueType();
    store8(to + index, 0, type);
    bytes += bytesOf(type);
  }
  return bytes;
}

function sameTypes(a: number, b: number): boolean {
  const count = load32(a, funcType.paramCount) + load32(a, funcType.resultCount);
  if (load32(a, funcType.paramCount) !== load32(b, funcType.paramCount)) return false;
  if (load32(a, funcType.resultCount) !== load32(b, funcType.resultCount)) return false;
  for (let index = 0; index < count; index++) {
    if (load8u(a + index, funcType.types) !== load8u(b + index, funcType.types)) return false;
  }
  return true;
}

/** Reads the section of types. */
export function readTypeSection(): void {
  const count = readCount();
  types = allocate(count << 2);
  for (typeCount = 0; typeCount < count; typeCount++) {
    if (readByte() !== 0x60) fail(text("a type that is not supported"));
    // Both lists end up behind one another; the room for the results is taken when their number is known.
    const paramCount = readCount();
    const made = allocate(funcType.types + paramCount);
    store32(made, funcType.paramCount, paramCount);
    store32(made, funcType.paramBytes, readTypes(made + funcType.types, paramCount));
    const resultCount = readCount();
    allocate(resultCount);
    store32(made, funcType.resultCount, resultCount);
    store32(made, funcType.resultBytes, readTypes(made + funcType.types + paramCount, resultCount));
    let canonical = made;
    for (let other = 0; other < typeCount; other++) {
      if (sameTypes(made, listAt(types, other))) {
        canonical = listAt(types, other);
        break;
      }
    }
    setListAt(types, typeCount, canonical);
  }
}

/** Gives the record of a type of the module. */
export function typeAt(index: number): number {
  if (index < 0 || index >= typeCount) fail(text("unknown type"));
  return listAt(types, index);
}
