import {
  chunkAround,
  mostChunkBytes,
  stateHeaderBytes,
  stateMagic,
  stateTags,
  stateVersion,
} from "../state/format.ts";
import { allocate } from "./arena.ts";
import { compress, matchTableBytes } from "./lz4.ts";
import { copy, load32, load8u, store32, store64, store8 } from "./machine.ts";
import { writeFully } from "./state-files.ts";

// A state's file, chunk by chunk: each is put together in memory, compressed, and written.

/** Where a chunk's content is put together, and read. */
export let contentStart = 0;
/** Where it is with what is around it, compressed; LZ4's blocks can be a little longer than their content. */
export let packedStart = 0;
let matchTable = 0;
let sumTable = 0;

let contentEnd = 0;
let chunkTag = 0;
let outFile = 0;
let outFailed = 0;
let outChunks = 0;
let outSum = 0;

/** Takes the memory that reading and writing states needs. */
export function prepareChunks(): void {
  if (contentStart !== 0) return;
  contentStart = allocate(mostChunkBytes);
  packedStart = allocate(mostChunkBytes + 1024);
  matchTable = allocate(matchTableBytes);
  sumTable = allocate(1024);
  for (let byte = 0; byte < 256; byte++) {
    let sum = byte;
    for (let bit = 0; bit < 8; bit++) {
      sum = (sum >>> 1) ^ ((sum & 1) === 0 ? 0 : -306674912);
    }
    store32(sumTable + byte * 4, 0, sum);
  }
}

/** Gives the CRC-32 of bytes, going on from that of the bytes before. */
export function checksum(from: number, bytes: number, before: number): number {
  let sum = ~before;
  for (let at = from; at < from + bytes; at++) {
    sum = (sum >>> 8) ^ load32(sumTable + (((sum ^ load8u(at, 0)) & 255) << 2), 0);
  }
  return ~sum;
}

function write(from: number, bytes: number): void {
  if (outFailed === 0) outFailed = writeFully(outFile, from, bytes);
}

/** Begins a file. */
export function startFile(fd: number, kind: number): void {
  outFile = fd;
  outFailed = 0;
  outChunks = 0;
  outSum = 0;
  store32(packedStart, 0, stateMagic.low);
  store32(packedStart, 4, stateMagic.high);
  store32(packedStart, 8, stateVersion);
  store32(packedStart, 12, kind);
  write(packedStart, stateHeaderBytes);
}

/** Begins a chunk. */
export function startChunk(tag: number): void {
  chunkTag = tag;
  contentEnd = contentStart;
}

/** Gives the length of the content so far. */
export function chunkLength(): number {
  return contentEnd - contentStart;
}

export function putByte(value: number): void {
  store8(contentEnd, 0, value);
  contentEnd++;
}

/** Puts a number without a sign as LEB128. */
export function putNumber(value: number): void {
  let left = value;
  while (left >>> 7 !== 0) {
    putByte((left & 127) | 128);
    left = left >>> 7;
  }
  putByte(left);
}

export function put32(value: number): void {
  store32(contentEnd, 0, value);
  contentEnd += 4;
}

export function put64(value: bigint): void {
  store64(contentEnd, 0, value);
  contentEnd += 8;
}

export function putBytes(from: number, bytes: number): void {
  copy(contentEnd, from, bytes);
  contentEnd += bytes;
}

/** Puts a length and bytes. */
export function putName(from: number, bytes: number): void {
  putNumber(bytes);
  putBytes(from, bytes);
}

/** Writes the chunk. */
export function endChunk(): void {
  const length = chunkLength();
  const packedContent = packedStart + chunkAround.before;
  let stored = compress(contentStart, length, packedContent, matchTable);
  if (stored >= length) {
    stored = length;
    copy(packedContent, contentStart, length);
  }
  store32(packedStart, 0, chunkTag);
  store32(packedStart, 4, length);
  store32(packedStart, 8, stored);
  const bytes = chunkAround.before + stored;
  store32(packedStart + bytes, 0, checksum(packedStart, bytes, 0));
  write(packedStart, bytes + chunkAround.after);
  if (chunkTag === stateTags.end) return;
  outChunks++;
  outSum = checksum(packedStart + bytes, 4, outSum);
}

/** Writes the last chunk; gives an error number, or 0. */
export function endFile(): number {
  startChunk(stateTags.end);
  put32(outChunks);
  put32(outSum);
  endChunk();
  return outFailed;
}

/** How many chunks were written, and the checksum of their checksums. */
export function writtenChunks(): number {
  return outChunks;
}

export function writtenSum(): number {
  return outSum;
}
