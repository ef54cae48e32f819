import { ProfileError } from "./profile-error.ts";

/** A value of a JSON file together with the place it stands at, for error messages. */
export interface Json {
  readonly value: unknown;
  readonly path: string;
}

/** Parses JSON when the bytes start like an object; undefined when they are no JSON object. */
export function parseJsonObject(bytes: Uint8Array): unknown {
  let start = bytes[0] === 0xef ? 3 : 0;
  while (bytes[start] === 0x20 || (bytes[start]! >= 0x09 && bytes[start]! <= 0x0d)) start++;
  if (bytes[start] !== 0x7b) return undefined;
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

/** Returns the items of an array. */
export function items(json: Json): Json[] {
  const { value, path } = json;
  if (!Array.isArray(value)) mismatch(json, "an array");
  return value.map((item: unknown, index) => ({ value: item, path: `${path}[${index}]` }));
}

/** Returns an array of numbers as it is: an object a number would be too much for a million of them. */
export function numbers(json: Json): readonly number[] {
  const { value, path } = json;
  if (!Array.isArray(value)) mismatch(json, "an array");
  const list: readonly unknown[] = value;
  if (list.every((item) => typeof item === "number")) return list;
  const bad = list.findIndex((item) => typeof item !== "number");
  return mismatch({ value: list[bad], path: `${path}[${bad}]` }, "a number");
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
export function oneOf<T extends string>(json: Json, values: readonly T[]): T {
  return values.find((value) => value === json.value) ?? mismatch(json, values.join(" or "));
}

/** Reads a member that may be missing. */
export function optional<T>(json: Json, read: (json: Json) => T): T | undefined {
  return json.value === undefined ? undefined : read(json);
}
