import { ProfileError } from "./profile-error.ts";

/** A value of a JSON file together with the place it stands at, for error messages. */
export interface Json {
  readonly value: unknown;
  readonly path: string;
}

// V8's longest string has 2^29 - 24 characters.
const LONGEST_TEXT = 2 ** 29 - 24;

/**
 * Parses JSON when the bytes start like an object; undefined when they are no JSON object. Throws a
 * `ProfileError` when they are too many to tell.
 */
export function parseJsonObject(bytes: Uint8Array): unknown {
  let start = bytes[0] === 0xef ? 3 : 0;
  while (bytes[start] === 0x20 || (bytes[start]! >= 0x09 && bytes[start]! <= 0x0d)) start++;
  if (bytes[start] !== 0x7b) return undefined;
  if (bytes.length > LONGEST_TEXT) {
    throw new ProfileError(`JSON of ${bytes.length} bytes is too large to be read`);
  }
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function mismatch({ value, path }: Json, expected: string): never {
  const found = value === undefined ? "nothing" : JSON.stringify(value).slice(0, 40);
  throw new ProfileError(`${path}: expected ${expected}, found ${found}`);
}

/** Returns a member of an object, whose value is undefined when it is missing. */
export function member(json: Json, key: string): Json {
  const { value, path } = json;
  if (typeof value !== "object" || value === null) mismatch(json, "an object");
  const found: unknown = Object.getOwnPropertyDescriptor(value, key)?.value;
  return { value: found, path: `${path}.${key}` };
}

/** Returns an array as it is. */
export function values(json: Json): readonly unknown[] {
  return Array.isArray(json.value) ? json.value : mismatch(json, "an array");
}

/** Returns the items of an array, each with its place. */
export function items(json: Json): Json[] {
  return values(json).map((value, index) => ({ value, path: `${json.path}[${index}]` }));
}

/** Returns an array of numbers as it is: an object a number would be too much for a million of them. */
export function numbers(json: Json): readonly number[] {
  const list = values(json);
  if (list.every((item) => typeof item === "number")) return list;
  const bad = list.findIndex((item) => typeof item !== "number");
  return mismatch({ value: list[bad], path: `${json.path}[${bad}]` }, "a number");
}

/** Returns a number. */
export function number(json: Json): number {
  return typeof json.value === "number" ? json.value : mismatch(json, "a number");
}

/** Returns a string. */
export function string(json: Json): string {
  return typeof json.value === "string" ? json.value : mismatch(json, "a string");
}

/** Returns a string that is one of those given. */
export function oneOf<T extends string>(json: Json, allowed: readonly T[]): T {
  return allowed.find((value) => value === json.value) ?? mismatch(json, allowed.join(" or "));
}

/** Reads a member that may be missing. */
export function optional<T>(json: Json, read: (json: Json) => T): T | undefined {
  return json.value === undefined ? undefined : read(json);
}
