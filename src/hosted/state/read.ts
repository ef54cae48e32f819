import { Cursor, DecodeError } from "../../bytes/index.ts";
import { type Chunk, isCircumstance, readContainer } from "./chunks.ts";
import { descriptorKinds, pageForm, statePageLog2, statePhases, stateTags } from "./format.ts";
import type {
  DescriptorKind,
  HostedState,
  StateBase,
  StateDescriptor,
  StateFrame,
  StateValue,
} from "./model.ts";
import { readBits, readValue } from "./values.ts";

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

// Paths and arguments are the host's bytes, which need not be UTF-8.
function readText(cursor: Cursor): string {
  const length = cursor.u32();
  const start = cursor.skip(length);
  return utf8.decode(cursor.bytes.subarray(start, start + length));
}

function readAll<T>(cursor: Cursor, read: (cursor: Cursor) => T): T[] {
  const items: T[] = [];
  while (!cursor.done) items.push(read(cursor));
  return items;
}

/** Everything of a state, as the chunks fill it in. */
interface Draft {
  module?: HostedState["module"];
  base?: StateBase;
  branches: bigint;
  phase: HostedState["phase"];
  readonly args: string[];
  readonly environment: string[];
  readonly frames: StateFrame[];
  readonly globals: StateValue[];
  readonly tables: (number | null)[][];
  readonly memories: { sizePages: number; readonly pages: Map<number, Uint8Array | null> }[];
  readonly droppedData: number[];
  readonly droppedElements: number[];
  readonly descriptors: Omit<StateDescriptor, "changedNs">[];
  readonly stamps: Map<number, bigint>;
  readonly clocksNs: Map<number, bigint>;
}

type ReadChunk = (draft: Draft, cursor: Cursor) => void;

const readers: ReadonlyMap<number, ReadChunk> = new Map<number, ReadChunk>([
  [stateTags.module, readModule],
  [
    stateTags.base,
    (draft, cursor) => {
      const identity = { chunks: cursor.u32(), checksum: Number(readBits(cursor, 4)) };
      draft.base = { identity, name: readText(cursor) };
    },
  ],
  [
    stateTags.position,
    (draft, cursor) => {
      draft.branches = readBits(cursor, 8);
      draft.phase = cursor.byte() === statePhases.start ? "start" : "main";
    },
  ],
  [stateTags.argument, (draft, cursor) => void draft.args.push(...readAll(cursor, readText))],
  [
    stateTags.environment,
    (draft, cursor) => void draft.environment.push(...readAll(cursor, readText)),
  ],
  [stateTags.globals, (draft, cursor) => void draft.globals.push(...readAll(cursor, readValue))],
  [stateTags.frames, (draft, cursor) => void draft.frames.push(...readAll(cursor, readFrame))],
  [stateTags.table, readTable],
  [stateTags.dropped, readDropped],
  [stateTags.memorySize, readMemorySize],
  [stateTags.memory, readPages],
  [
    stateTags.descriptors,
    (draft, cursor) => void draft.descriptors.push(...readAll(cursor, readDescriptor)),
  ],
  [stateTags.clocks, (draft, cursor) => readStamps(draft.clocksNs, cursor)],
  [stateTags.stamps, (draft, cursor) => readStamps(draft.stamps, cursor)],
]);

/** Reads a state. Throws a `DecodeError` if it is none, of a newer version, cut off or damaged. */
export function readState(bytes: Uint8Array): HostedState {
  const { version, isDelta, chunks, identity } = readContainer(bytes);
  const draft: Draft = {
    branches: 0n,
    phase: "main",
    args: [],
    environment: [],
    frames: [],
    globals: [],
    tables: [],
    memories: [],
    droppedData: [],
    droppedElements: [],
    descriptors: [],
    stamps: new Map(),
    clocksNs: new Map(),
  };
  for (const chunk of chunks) readChunk(draft, chunk);
  const { module, base, tables, stamps, descriptors, ...rest } = draft;
  if (module === undefined) throw new DecodeError("damaged: names no module", bytes.length);
  if (isDelta !== (base !== undefined)) throw new DecodeError("damaged: base", bytes.length);
  return {
    version,
    identity,
    module,
    ...rest,
    ...(base === undefined ? {} : { base }),
    tables: tables.map((elements) => ({ elements })),
    descriptors: descriptors.map((item) => ({ ...item, changedNs: stamps.get(item.fd) ?? 0n })),
  };
}

function readChunk(draft: Draft, { tag, offset, content }: Chunk): void {
  const read = readers.get(tag);
  if (read === undefined) {
    if (isCircumstance(tag)) return;
    throw new DecodeError("a part that this version does not know", offset);
  }
  try {
    read(draft, new Cursor(content));
  } catch (error) {
    if (error instanceof DecodeError) throw new DecodeError(`damaged: ${error.what}`, offset);
    throw error;
  }
}

const hex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

function readModule(draft: Draft, cursor: Cursor): void {
  const start = cursor.skip(32);
  const sha256 = hex(cursor.bytes.subarray(start, start + 32));
  draft.module = { sha256, bytes: cursor.u32(), path: readText(cursor) };
}

function readFrame(cursor: Cursor): StateFrame {
  const values = (): StateValue[] =>
    Array.from({ length: cursor.count(2) }, () => readValue(cursor));
  return {
    functionIndex: cursor.u32(),
    pc: cursor.u32(),
    locals: values(),
    operands: values(),
  };
}

function readTable(draft: Draft, cursor: Cursor): void {
  const elements = (draft.tables[cursor.u32()] ??= []);
  const size = cursor.u32();
  let at = cursor.u32();
  if (at !== elements.length) cursor.fail("a table's elements");
  for (; !cursor.done; at++) {
    const reference = cursor.u32();
    elements.push(reference === 0 ? null : reference - 1);
  }
  if (at > size) cursor.fail("a table's elements");
}

function readDropped(draft: Draft, cursor: Cursor): void {
  const list = cursor.byte() === 0 ? draft.droppedData : draft.droppedElements;
  list.push(...readAll(cursor, (item) => item.u32()));
}

function memoryOf(draft: Draft, index: number): Draft["memories"][number] {
  return (draft.memories[index] ??= { sizePages: 0, pages: new Map() });
}

function readMemorySize(draft: Draft, cursor: Cursor): void {
  memoryOf(draft, cursor.u32()).sizePages = cursor.u32();
}

function readPages(draft: Draft, cursor: Cursor): void {
  const { pages } = memoryOf(draft, cursor.u32());
  while (!cursor.done) {
    const number = cursor.u32();
    if ((number & 1) === pageForm.zero) pages.set(number >>> 1, null);
    else {
      const start = cursor.skip(1 << statePageLog2);
      pages.set(
        number >>> 1,
        new Uint8Array(cursor.bytes.subarray(start, start + (1 << statePageLog2))),
      );
    }
  }
}

const kindNames = new Map<number, DescriptorKind>(
  Object.entries(descriptorKinds).map(([name, code]) => [code, name as DescriptorKind]),
);

function readDescriptor(cursor: Cursor): Omit<StateDescriptor, "changedNs"> {
  const fd = cursor.u32();
  const kind = kindNames.get(cursor.byte()) ?? cursor.fail("a descriptor of an unknown kind");
  return {
    fd,
    kind,
    root: cursor.u32(),
    path: readText(cursor),
    flags: cursor.u32(),
    rights: readBits(cursor, 8),
    inheritedRights: readBits(cursor, 8),
    offset: readBits(cursor, 8),
    size: readBits(cursor, 8),
  };
}

function readStamps(stamps: Map<number, bigint>, cursor: Cursor): void {
  while (!cursor.done) {
    const key = cursor.u32();
    stamps.set(key, readBits(cursor, 8));
  }
}
