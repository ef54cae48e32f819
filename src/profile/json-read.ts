import type { FlatRow, ProfileHead, RawTree } from "./builder.ts";
import { flatProfile, treeProfile } from "./builder.ts";
import type { Json } from "./json-access.ts";
import {
  items,
  member,
  number,
  numbers,
  oneOf,
  optional,
  parseJsonObject,
  string,
} from "./json-access.ts";
import { rowKey } from "./json-shape.ts";
import type { BlockCount, Frame, Profile, ValueType } from "./model.ts";
import { profileModes, valueUnits } from "./names.ts";
import { ProfileError } from "./profile-error.ts";

/**
 * Reads what `writeJson` wrote; null when the file is something else. Throws a `ProfileError` that
 * names the member which is not as it must be.
 */
export function readJson(bytes: Uint8Array): Profile | null {
  const value = parseJsonObject(bytes);
  if (typeof value !== "object" || value === null) return null;
  if (!("format" in value) || value.format !== "wasmscope-profile") return null;
  const json: Json = { value, path: "profile" };
  const version = number(member(json, "version"));
  if (version !== 1) {
    throw new ProfileError(
      `profile.version: expected 1, found ${version}: written by a newer version`,
    );
  }
  const types = items(member(json, "valueTypes"));
  const keys = types.map((type) => string(member(type, "key")));
  const head = readHead(json, types.map(readValueType), keys);
  const tree = member(json, "tree");
  if (tree.value !== undefined) return treeProfile(head, readTree(tree, keys));
  return flatProfile(
    head,
    items(member(json, "functions")).map((row) => readRow(row, keys)),
  );
}

function readValueType(json: Json): ValueType {
  return { name: string(member(json, "name")), unit: oneOf(member(json, "unit"), valueUnits) };
}

function readHead(json: Json, valueTypes: ValueType[], keys: readonly string[]): ProfileHead {
  const module = member(json, "module");
  const blocks = optional(member(json, "blocks"), (rows) => items(rows).map(readBlock));
  return {
    module: { name: string(member(module, "name")), sha256: string(member(module, "sha256")) },
    mode: oneOf(member(json, "mode"), profileModes),
    valueTypes,
    primary: keys.indexOf(oneOf(member(json, "unit"), keys)),
    ...(blocks && { blocks }),
    notes: items(member(json, "notes")).map(string),
  };
}

function readBlock(json: Json): BlockCount {
  return {
    funcIndex: number(member(json, "function")),
    offset: number(member(json, "offset")),
    instructions: number(member(json, "instructions")),
    count: number(member(json, "count")),
  };
}

function readFrame(json: Json): Frame {
  const mangledName = optional(member(json, "mangledName"), string);
  const funcIndex = optional(member(json, "index"), number);
  const file = optional(member(json, "file"), string);
  const line = optional(member(json, "line"), number);
  const marked = (key: string): boolean => member(json, key).value === true;
  return {
    name: string(member(json, "name")),
    ...(mangledName !== undefined && { mangledName }),
    ...(funcIndex !== undefined && { funcIndex }),
    ...(file !== undefined && { file }),
    ...(line !== undefined && { line }),
    ...(marked("inlined") && { inlined: true }),
    ...(marked("host") && { host: true }),
    ...(marked("estimated") && { estimated: true }),
  };
}

function readRow(json: Json, keys: readonly string[]): FlatRow {
  const values = keys.map((key) => number(member(json, rowKey("self", key))));
  return { frame: readFrame(json), values };
}

function readTree(json: Json, keys: readonly string[]): RawTree {
  const parents = numbers(member(json, "parents"));
  const column = (key: string): readonly number[] => {
    const values = numbers(member(json, key));
    if (values.length === parents.length) return values;
    throw new ProfileError(
      `${json.path}.${key}: ${values.length} values for ${parents.length} nodes`,
    );
  };
  return {
    frames: items(member(json, "frames")).map(readFrame),
    parents,
    nodeFrames: column("nodeFrames"),
    selfValues: keys.map((key) => column(rowKey("self", key))),
  };
}
