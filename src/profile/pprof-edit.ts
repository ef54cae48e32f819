import { Cursor, Sink } from "../bytes/index.ts";
import type { Frame } from "./model.ts";
import { FUNCTION, LINE, LOCATION, MAPPING, PROFILE } from "./pprof-fields.ts";
import { readMessage, textOf } from "./protobuf.ts";

/** Where a field lies in the file, with its tag. */
interface RawField {
  readonly number: number;
  readonly start: number;
  readonly end: number;
  /** Where the content of a length-delimited field starts. */
  readonly content: number;
}

/** A function that gets other names: what stands for it, the outermost first. */
interface Renamed {
  readonly frames: readonly Frame[];
  /** For each of the frames the id of its function. */
  readonly ids: readonly number[];
}

/**
 * Rewrites the names of functions in a pprof file, unzipped, and copies everything else as it is, also
 * what this version does not know. `rename` returns what stands for a function, the outermost frame
 * first, or undefined. `check` is called with the file name and build id of each mapping.
 */
export function editPprof(
  bytes: Uint8Array,
  rename: (name: string) => readonly Frame[] | undefined,
  check: (fileName: string, buildId: string) => void,
): Uint8Array {
  const fields = rawFields(bytes, 0, bytes.length);
  const cursorOf = ({ content, end }: RawField): Cursor => new Cursor(bytes, content, end);
  const of = (number: number): RawField[] => fields.filter((field) => field.number === number);
  const strings = of(PROFILE.stringTable).map((field) => textOf(cursorOf(field)));
  const old = strings.length;
  const indices = new Map<string, number>();
  const indexOf = (text: string): number => {
    const index = indices.get(text) ?? strings.push(text) - 1;
    indices.set(text, index);
    return index;
  };
  for (const field of of(PROFILE.mapping)) {
    const mapping = readMessage(cursorOf(field), {
      integers: [MAPPING.filename, MAPPING.buildId],
      messages: [],
    });
    check(
      strings[mapping.last(MAPPING.filename)] ?? "",
      strings[mapping.last(MAPPING.buildId)] ?? "",
    );
  }
  const renamed = new Map<number, Renamed>();
  const functions = of(PROFILE.function).map((field) => {
    const wanted = { integers: [FUNCTION.id, FUNCTION.name, FUNCTION.systemName], messages: [] };
    const own = readMessage(cursorOf(field), wanted);
    const name = strings[own.last(FUNCTION.name)] || strings[own.last(FUNCTION.systemName)];
    return { id: own.last(FUNCTION.id), frames: rename(name ?? "") };
  });
  let lastId = functions.reduce((last, { id }) => Math.max(last, id), 0);
  for (const { id, frames } of functions) {
    if (!frames) continue;
    renamed.set(id, { frames, ids: frames.map((_, depth) => (depth === 0 ? id : ++lastId)) });
  }
  const out = new Sink(bytes.length + 1024);
  for (const field of fields) {
    if (field.number === PROFILE.function) writeFunction(out, bytes, field, { renamed, indexOf });
    else if (field.number === PROFILE.location) writeLocation(out, bytes, field, renamed);
    else out.bytes(bytes, field.start, field.end);
  }
  for (const text of strings.slice(old)) {
    tag(out, PROFILE.stringTable, 2);
    out.name(text);
  }
  return out.take();
}

function rawFields(bytes: Uint8Array, from: number, to: number): RawField[] {
  const fields: RawField[] = [];
  const cursor = new Cursor(bytes, from, to);
  while (!cursor.done) {
    const start = cursor.position;
    const key = cursor.u32();
    let content = cursor.position;
    if ((key & 7) === 0) cursor.u64();
    else if ((key & 7) === 1) cursor.skip(8);
    else if ((key & 7) === 5) cursor.skip(4);
    else if ((key & 7) === 2) {
      const size = cursor.u32();
      content = cursor.skip(size);
    } else cursor.fail(`protobuf wire type ${key & 7}`, start);
    fields.push({ number: key >>> 3, start, end: cursor.position, content });
  }
  return fields;
}

function tag(out: Sink, number: number, wireType: 0 | 2): void {
  out.u32(number * 8 + wireType);
}

function integer(out: Sink, number: number, value: number): void {
  tag(out, number, 0);
  out.u32(value);
}

function message(out: Sink, number: number, write: () => void): void {
  tag(out, number, 2);
  out.sized(write);
}

interface Changes {
  readonly renamed: ReadonlyMap<number, Renamed>;
  readonly indexOf: (text: string) => number;
}

function writeFunction(
  out: Sink,
  bytes: Uint8Array,
  field: RawField,
  { renamed, indexOf }: Changes,
): void {
  const cursor = new Cursor(bytes, field.content, field.end);
  const change = renamed.get(readMessage(cursor, ID).last(FUNCTION.id));
  if (change === undefined) {
    out.bytes(bytes, field.start, field.end);
    return;
  }
  const replaced: number[] = [FUNCTION.name, FUNCTION.systemName];
  if (change.frames[0]!.file !== undefined) replaced.push(FUNCTION.filename);
  const kept = rawFields(bytes, field.content, field.end).filter(
    ({ number }) => !replaced.includes(number),
  );
  change.frames.forEach(({ name, mangledName = name, file }, depth) => {
    message(out, PROFILE.function, () => {
      if (depth === 0) for (const { start, end } of kept) out.bytes(bytes, start, end);
      else integer(out, FUNCTION.id, change.ids[depth]!);
      integer(out, FUNCTION.name, indexOf(name));
      integer(out, FUNCTION.systemName, indexOf(mangledName));
      if (file !== undefined) integer(out, FUNCTION.filename, indexOf(file));
    });
  });
}

const ID = { integers: [1], messages: [] };

function writeLocation(
  out: Sink,
  bytes: Uint8Array,
  field: RawField,
  renamed: ReadonlyMap<number, Renamed>,
): void {
  const parts = rawFields(bytes, field.content, field.end);
  message(out, PROFILE.location, () => {
    for (const part of parts) {
      const change =
        part.number === LOCATION.line
          ? renamed.get(
              readMessage(new Cursor(bytes, part.content, part.end), ID).last(LINE.functionId),
            )
          : undefined;
      if (change === undefined || change.frames.every(({ line }) => line === undefined)) {
        out.bytes(bytes, part.start, part.end);
        continue;
      }
      // The innermost first.
      for (let depth = change.ids.length - 1; depth >= 0; depth--) {
        message(out, LOCATION.line, () => {
          integer(out, LINE.functionId, change.ids[depth]!);
          integer(out, LINE.line, change.frames[depth]!.line ?? 0);
        });
      }
    }
  });
}
