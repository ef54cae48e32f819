import { Sink } from "../../bytes/index.ts";
import { writeContainer } from "./chunks.ts";
import { descriptorKinds, pageForm, statePhases, stateTags } from "./format.ts";
import type { HostedState, StateFrame, StateTable } from "./model.ts";
import { writeBits, writeValue } from "./values.ts";

/** A chunk is ended when it has become longer than this. */
const softChunkBytes = 60_000;

class Chunks {
  readonly list: { tag: number; content: Uint8Array }[] = [];

  /** Adds a chunk. */
  one(tag: number, write: (sink: Sink) => void): void {
    const sink = new Sink(256);
    write(sink);
    this.list.push({ tag, content: sink.take() });
  }

  /** Adds as many chunks as the items take, each begun with `start`; none if there is no item. */
  many<T>(
    tag: number,
    items: Iterable<T>,
    write: (sink: Sink, item: T, index: number) => void,
    start: (sink: Sink, index: number) => void = () => undefined,
  ): void {
    let sink: Sink | undefined;
    let index = 0;
    for (const item of items) {
      if (sink === undefined) start((sink = new Sink(256)), index);
      write(sink, item, index++);
      if (sink.length < softChunkBytes) continue;
      this.list.push({ tag, content: sink.take() });
      sink = undefined;
    }
    if (sink !== undefined) this.list.push({ tag, content: sink.take() });
  }
}

/** Writes a state. */
export function writeState(state: HostedState): Uint8Array {
  const chunks = new Chunks();
  const { module, base } = state;
  chunks.one(stateTags.module, (sink) => {
    for (let at = 0; at < 64; at += 2) sink.byte(parseInt(module.sha256.slice(at, at + 2), 16));
    sink.u32(module.bytes);
    sink.name(module.path);
  });
  if (base !== undefined) {
    chunks.one(stateTags.base, (sink) => {
      sink.u32(base.identity.chunks);
      writeBits(sink, BigInt(base.identity.checksum), 4);
      sink.name(base.name);
    });
  }
  chunks.one(stateTags.position, (sink) => {
    writeBits(sink, state.branches, 8);
    sink.byte(statePhases[state.phase]);
  });
  chunks.many(stateTags.argument, state.args, (sink, text) => sink.name(text));
  chunks.many(stateTags.environment, state.environment, (sink, text) => sink.name(text));
  chunks.many(stateTags.frames, state.frames, writeFrame);
  chunks.many(stateTags.globals, state.globals, writeValue);
  for (const [index, table] of state.tables.entries()) writeTable(chunks, index, table);
  for (const [kind, list] of [state.droppedData, state.droppedElements].entries()) {
    chunks.many(
      stateTags.dropped,
      list,
      (sink, index) => sink.u32(index),
      (sink) => sink.byte(kind),
    );
  }
  writeDescriptors(chunks, state);
  for (const [index, { sizePages, pages }] of state.memories.entries()) {
    chunks.one(stateTags.memorySize, (sink) => {
      sink.u32(index);
      sink.u32(sizePages);
    });
    chunks.many(
      stateTags.memory,
      [...pages].toSorted(([a], [b]) => a - b),
      (sink, [number, content]) => {
        sink.u32(number * 2 + (content === null ? pageForm.zero : pageForm.data));
        if (content !== null) sink.bytes(content);
      },
      (sink) => sink.u32(index),
    );
  }
  return writeContainer(base !== undefined, chunks.list);
}

function writeFrame(sink: Sink, { functionIndex, pc, locals, operands }: StateFrame): void {
  sink.u32(functionIndex);
  sink.u32(pc);
  for (const list of [locals, operands]) {
    sink.u32(list.length);
    for (const value of list) writeValue(sink, value);
  }
}

function writeTable(chunks: Chunks, table: number, { elements }: StateTable): void {
  const start = (sink: Sink, index: number): void => {
    sink.u32(table);
    sink.u32(elements.length);
    sink.u32(index);
  };
  if (elements.length === 0) chunks.one(stateTags.table, (sink) => start(sink, 0));
  chunks.many(
    stateTags.table,
    elements,
    (sink, index) => sink.u32(index === null ? 0 : index + 1),
    start,
  );
}

function writeDescriptors(chunks: Chunks, { descriptors, clocksNs }: HostedState): void {
  chunks.many(stateTags.descriptors, descriptors, (sink, item) => {
    sink.u32(item.fd);
    sink.byte(descriptorKinds[item.kind]);
    sink.u32(item.root);
    sink.name(item.path);
    sink.u32(item.flags);
    for (const bits of [item.rights, item.inheritedRights, item.offset, item.size]) {
      writeBits(sink, bits, 8);
    }
  });
  const stamps = descriptors.filter(({ changedNs }) => changedNs !== 0n);
  const pairs = {
    [stateTags.stamps]: stamps.map(({ fd, changedNs }) => [fd, changedNs] as const),
    [stateTags.clocks]: [...clocksNs],
  };
  for (const [tag, list] of Object.entries(pairs)) {
    chunks.many(Number(tag), list, (sink, [key, timeNs]) => {
      sink.u32(key);
      writeBits(sink, timeNs, 8);
    });
  }
}
