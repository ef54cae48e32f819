import { ProfileBuilder } from "./builder.ts";
import type { ProfileHead } from "./builder.ts";
import { MILLISECONDS } from "./firefox.ts";
import type { Json } from "./json-access.ts";
import { items, member, optional, parseJsonObject, values } from "./json-access.ts";
import type { Frame, Profile, ValueType } from "./model.ts";
import { readOrigin } from "./origin.ts";
import { ProfileError } from "./profile-error.ts";

/**
 * Reads a processed profile of the Firefox Profiler, of any version since 2018; null when the file is
 * none. All threads are added up, except in our own files, where each is a value type. Throws a
 * `ProfileError` with the place where the file breaks its own format.
 */
export function readFirefox(bytes: Uint8Array): Profile | null {
  const json: Json = { value: parseJsonObject(bytes), path: "firefox" };
  if (!isFirefox(json.value)) return null;
  const threads = items(member(json, "threads"));
  const origin = readOrigin(member(json, "meta"));
  const head = origin ?? foreignHead(json, threads);
  const builder = new ProfileBuilder(head);
  threads.forEach((thread, index) => {
    const column = origin ? columnOfThread(index, origin.primary) : 0;
    const type = head.valueTypes[column];
    if (type === undefined) {
      throw new ProfileError(`${thread.path}: there is no value type for this thread`);
    }
    // In versions since 2025 most tables stand in one place for all threads.
    const target = { builder, column, type, ours: origin !== undefined };
    readThread(thread, member(json, "shared"), target);
  });
  return builder.build();
}

/** Says whether a JSON value looks like a processed profile. */
function isFirefox(value: unknown): boolean {
  if (typeof value !== "object" || value === null || !("meta" in value)) return false;
  const { meta } = value;
  return (
    "threads" in value &&
    typeof meta === "object" &&
    meta !== null &&
    "preprocessedProfileVersion" in meta
  );
}

/** The thread of the primary value type stands first. */
function columnOfThread(thread: number, primary: number): number {
  if (thread === 0) return primary;
  return thread <= primary ? thread - 1 : thread;
}

function foreignHead(json: Json, threads: readonly Json[]): ProfileHead {
  const product = member(member(json, "meta"), "product").value;
  const [kind] = threads.map((thread) => member(member(thread, "samples"), "weightType").value);
  const type: ValueType =
    kind === "tracing-ms"
      ? { name: "time", unit: "milliseconds" }
      : {
          name: kind === "bytes" ? "bytes" : "samples",
          unit: kind === "bytes" ? "bytes" : "count",
        };
  return {
    module: { name: typeof product === "string" ? product : "", sha256: "" },
    mode: "imported",
    valueTypes: [type],
    primary: 0,
  };
}

interface Target {
  readonly builder: ProfileBuilder;
  readonly column: number;
  readonly type: ValueType;
  /** Whether the file is of our own writer, which gives addresses and categories a meaning. */
  readonly ours: boolean;
}

/** A thread of a processed profile, with its tables resolved. */
export interface FirefoxThread {
  /** Where it stands, for error messages. */
  readonly path: string;
  readonly frames: readonly Frame[];
  /** For each frame where its code is, -1 where nobody says: with wasmtime an offset in the machine code. */
  readonly addresses: readonly number[];
  /** For each stack the one below it, which stands before it, or -1. */
  readonly prefixes: readonly number[];
  /** For each stack the index of its frame. */
  readonly stackFrames: readonly number[];
  /** The samples that have a stack. */
  readonly samples: readonly FirefoxSample[];
}

/** A sample of a thread. */
export interface FirefoxSample {
  readonly stack: number;
  readonly weight: number;
  /** Milliseconds since the sample before, in files that say so. */
  readonly deltaMs: number;
}

/**
 * Reads the threads of a processed profile of the Firefox Profiler; null when the bytes are none. Throws a
 * `ProfileError` with the place where the file breaks its own format.
 */
export function readFirefoxThreads(bytes: Uint8Array): FirefoxThread[] | null {
  const json: Json = { value: parseJsonObject(bytes), path: "firefox" };
  if (!isFirefox(json.value)) return null;
  const shared = member(json, "shared");
  return items(member(json, "threads")).map((thread) => resolveThread(thread, shared, false));
}

function resolveThread(thread: Json, shared: Json, ours: boolean): FirefoxThread {
  const frames = readFrames(thread, shared, ours);
  const stacks = tableOf(thread, shared, "stackTable");
  const stackFrames = values(member(stacks, "frame")).map(Number);
  const prefixes = values(member(stacks, "prefix")).map((prefix, stack) => {
    const above = typeof prefix === "number" ? prefix : -1;
    if (frames[stackFrames[stack] ?? -1] === undefined || !(above < stack)) {
      throw new ProfileError(`${stacks.path}: stack ${stack} has no frame or no stack below it`);
    }
    return above;
  });
  const table = member(thread, "samples");
  const column = (key: string): readonly unknown[] | undefined =>
    optional(nullable(member(table, key)), values);
  const [weights, deltas] = [column("weight"), column("timeDeltas")];
  const samples = values(member(table, "stack")).flatMap((stack, index): FirefoxSample[] => {
    if (typeof stack !== "number") return [];
    if (prefixes[stack] === undefined) throw new ProfileError(`${table.path}: no stack ${stack}`);
    return [
      { stack, weight: Number(weights?.[index] ?? 1), deltaMs: Number(deltas?.[index] ?? 0) },
    ];
  });
  const places = optional(
    nullable(member(tableOf(thread, shared, "frameTable"), "address")),
    values,
  );
  const addresses = frames.map((_, index) => Number(places?.[index] ?? -1));
  return { path: thread.path, frames, addresses, prefixes, stackFrames, samples };
}

function readThread(thread: Json, shared: Json, { builder, column, type, ours }: Target): void {
  const { frames, prefixes, stackFrames, samples } = resolveThread(thread, shared, ours);
  const indices = frames.map((frame) => builder.frame(frame));
  const nodes: number[] = [];
  prefixes.forEach((prefix, stack) => {
    const above = prefix === -1 ? -1 : nodes[prefix]!;
    nodes.push(builder.child(above, indices[stackFrames[stack]!]!));
  });
  for (const { stack, weight } of samples)
    builder.add(nodes[stack]!, column, unscaled(weight, type));
}

/** Times of whole nanoseconds were written in milliseconds: they are whole again. */
function unscaled(weight: number, { unit }: ValueType): number {
  const value = weight / MILLISECONDS[unit];
  return MILLISECONDS[unit] < 1 && Math.abs(value - Math.round(value)) < 1e-3
    ? Math.round(value)
    : value;
}

function nullable({ value, path }: Json): Json {
  return { value: value ?? undefined, path };
}

function tableOf(thread: Json, shared: Json, key: string): Json {
  const own = member(thread, key);
  return own.value === undefined && shared.value !== undefined ? member(shared, key) : own;
}

function readFrames(thread: Json, shared: Json, ours: boolean): Frame[] {
  const table = (key: string): Json => tableOf(thread, shared, key);
  const strings = values(table("stringArray"));
  const text = (index: unknown): string | undefined =>
    typeof index === "number" && index >= 0 && typeof strings[index] === "string"
      ? strings[index]
      : undefined;
  const column = (from: Json, key: string): readonly unknown[] =>
    optional(nullable(member(from, key)), values) ?? [];
  const functions = table("funcTable");
  const names = column(functions, "name");
  const files = filesOf(functions, table("sources"), text);
  const symbols = table("nativeSymbols").value === undefined ? undefined : table("nativeSymbols");
  const symbolNames = symbols === undefined ? [] : column(symbols, "name");
  const frames = table("frameTable");
  const [lines, depths, addresses, categories, subcategories, natives] = [
    "line",
    "inlineDepth",
    "address",
    "category",
    "subcategory",
    "nativeSymbol",
  ].map((key) => column(frames, key));
  return values(member(frames, "func")).map((func, index): Frame => {
    const at = Number(func);
    const name = text(names[at]);
    if (name === undefined) throw new ProfileError(`${frames.path}: function ${at} has no name`);
    const file = files[at];
    const line = lines![index];
    const inlined = Number(depths![index] ?? 0) > 0;
    const symbol = text(symbolNames[Number(natives![index] ?? -1)]);
    const category = Number(categories![index]);
    return {
      name,
      ...(!inlined && symbol !== undefined && symbol !== name && { mangledName: symbol }),
      ...(file !== undefined && { file }),
      ...(typeof line === "number" && { line }),
      ...(inlined && { inlined: true }),
      ...(ours && {
        ...(Number(addresses![index]) >= 0 && { funcIndex: Number(addresses![index]) }),
        ...(category === 2 && { host: true }),
        ...(subcategories![index] === 1 && { estimated: true }),
      }),
    };
  });
}

/** File names stand in the function table, since 2025 in a table of sources. */
function filesOf(
  functions: Json,
  sources: Json,
  text: (index: unknown) => string | undefined,
): readonly (string | undefined)[] {
  const own = optional(nullable(member(functions, "fileName")), values);
  if (own) return own.map(text);
  if (sources.value === undefined) return [];
  const names = values(member(sources, "filename")).map(text);
  return values(member(functions, "source")).map((source) => names[Number(source ?? -1)]);
}
