import { DecodeError } from "../../bytes/index.ts";
import { crc32 } from "./crc32.ts";
import {
  chunkAround,
  mostChunkBytes,
  stateHeaderBytes,
  stateKinds,
  stateMagic,
  stateTags,
  stateVersion,
} from "./format.ts";
import { lz4Compress, lz4Decompress } from "./lz4.ts";
import type { StateIdentity } from "./model.ts";

/** A chunk's content, decompressed. */
export interface Chunk {
  readonly tag: number;
  /** Where the chunk begins in the file. */
  readonly offset: number;
  readonly content: Uint8Array;
}

/** A file taken apart: all checksums are right. */
export interface Container {
  readonly version: number;
  readonly isDelta: boolean;
  /** All chunks but the last. */
  readonly chunks: readonly Chunk[];
  readonly identity: StateIdentity;
}

/** Takes a state's file apart. Throws a `DecodeError` if it is none, of a newer version, cut off or damaged. */
export function readContainer(bytes: Uint8Array): Container {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < stateHeaderBytes || !hasMagic(view)) throw new DecodeError("no state", 0);
  const version = view.getUint32(8, true);
  if (version > stateVersion) {
    throw new DecodeError(
      `a state of the newer version ${version}; this reads up to ${stateVersion}`,
      8,
    );
  }
  const kind = view.getUint32(12, true);
  if (version === 0 || kind > stateKinds.delta) throw new DecodeError("damaged", 8);
  const chunks: Chunk[] = [];
  let checksum = 0;
  for (let at = stateHeaderBytes; ;) {
    const { chunk, end } = readChunk(bytes, view, at);
    if (chunk.tag === stateTags.end) {
      checkEnd(chunk, { chunks: chunks.length, checksum }, end, bytes.length);
      const isDelta = kind === stateKinds.delta;
      return { version, isDelta, chunks, identity: { chunks: chunks.length, checksum } };
    }
    chunks.push(chunk);
    checksum = crc32(bytes.subarray(end - chunkAround.after, end), checksum);
    at = end;
  }
}

const hasMagic = (view: DataView): boolean =>
  view.getInt32(0, true) === stateMagic.low && view.getInt32(4, true) === stateMagic.high;

function readChunk(
  bytes: Uint8Array,
  view: DataView,
  offset: number,
): { chunk: Chunk; end: number } {
  if (offset + chunkAround.before > bytes.length) throw new DecodeError("cut off", bytes.length);
  const tag = view.getUint32(offset, true);
  const length = view.getUint32(offset + 4, true);
  const stored = view.getUint32(offset + 8, true);
  if (length > mostChunkBytes || stored > length) throw new DecodeError("damaged", offset);
  const start = offset + chunkAround.before;
  const end = start + stored + chunkAround.after;
  if (end > bytes.length) throw new DecodeError("cut off", bytes.length);
  const crc = view.getUint32(end - chunkAround.after, true);
  if (crc32(bytes.subarray(offset, start + stored)) !== crc) {
    throw new DecodeError("damaged: a checksum is wrong", offset);
  }
  const kept = bytes.subarray(start, start + stored);
  const content = stored === length ? kept : lz4Decompress(kept, length);
  if (content === undefined) throw new DecodeError("damaged: does not decompress", offset);
  return { chunk: { tag, offset, content }, end };
}

function checkEnd(chunk: Chunk, counted: StateIdentity, end: number, fileBytes: number): void {
  const { offset, content } = chunk;
  if (content.length !== 8) throw new DecodeError("damaged", offset);
  const view = new DataView(content.buffer, content.byteOffset, 8);
  if (view.getUint32(0, true) !== counted.chunks || view.getUint32(4, true) !== counted.checksum) {
    throw new DecodeError("damaged: chunks are missing or changed places", offset);
  }
  if (end !== fileBytes) throw new DecodeError("bytes behind the end", end);
}

/** Puts a state's file together. */
export function writeContainer(
  isDelta: boolean,
  chunks: readonly Pick<Chunk, "tag" | "content">[],
): Uint8Array {
  const header = new Uint8Array(stateHeaderBytes);
  const view = new DataView(header.buffer);
  view.setInt32(0, stateMagic.low, true);
  view.setInt32(4, stateMagic.high, true);
  view.setUint32(8, stateVersion, true);
  view.setUint32(12, isDelta ? stateKinds.delta : stateKinds.full, true);
  const parts: Uint8Array[] = [header];
  let checksum = 0;
  for (const chunk of chunks) {
    const made = writeChunk(chunk);
    checksum = crc32(made.subarray(made.length - chunkAround.after), checksum);
    parts.push(made);
  }
  const content = new Uint8Array(8);
  new DataView(content.buffer).setUint32(0, chunks.length, true);
  new DataView(content.buffer).setUint32(4, checksum, true);
  parts.push(writeChunk({ tag: stateTags.end, content }));
  return concatenate(parts);
}

function writeChunk({ tag, content }: Pick<Chunk, "tag" | "content">): Uint8Array {
  if (content.length > mostChunkBytes) throw new RangeError("a chunk that is too long");
  const small = lz4Compress(content);
  const kept = small.length < content.length ? small : content;
  const made = new Uint8Array(chunkAround.before + kept.length + chunkAround.after);
  const view = new DataView(made.buffer);
  view.setUint32(0, tag, true);
  view.setUint32(4, content.length, true);
  view.setUint32(8, kept.length, true);
  made.set(kept, chunkAround.before);
  const end = chunkAround.before + kept.length;
  view.setUint32(end, crc32(made.subarray(0, end)), true);
  return made;
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Tells whether a chunk is of circumstances, which differ between runs that do the same. */
export const isCircumstance = (tag: number): boolean => (tag & 0x20) !== 0;

/**
 * Gives what two runs of a program at the same point have in common, on all hosts: the contents of all chunks but
 * those of circumstances, behind one another. Throws as `readContainer` does.
 */
export function canonicalBytes(bytes: Uint8Array): Uint8Array {
  const { chunks } = readContainer(bytes);
  return concatenate(
    chunks.filter(({ tag }) => !isCircumstance(tag)).map((chunk) => chunk.content),
  );
}
