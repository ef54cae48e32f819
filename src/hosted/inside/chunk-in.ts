import {
  chunkAround,
  mostChunkBytes,
  stateHeaderBytes,
  stateMagic,
  stateTags,
  stateVersion,
} from "../state/format.ts";
import { checksum, contentStart, packedStart } from "./chunk-out.ts";
import { decompress } from "./lz4.ts";
import { copy, extendU, gtu, load32, text } from "./machine.ts";
import { endRefused, printCount, printSubject, printText, refuseText } from "./print.ts";
import { readFully } from "./state-files.ts";
import { setReader } from "./reader.ts";

// Reads a state's file chunk by chunk; the content is at `contentStart`, with `reader.ts` set to it.

let inFile = 0;
let inChunks = 0;
let inSum = 0;
/** Which of `stateKinds` the file is. */
export let fileKind = 0;

/** Begins to read a file, or refuses it. */
export function openChunks(fd: number): void {
  inFile = fd;
  inChunks = 0;
  inSum = 0;
  const isThere = readFully(fd, packedStart, stateHeaderBytes);
  const isState =
    load32(packedStart, 0) === stateMagic.low && load32(packedStart, 4) === stateMagic.high;
  if (!isThere || !isState) refuseText(text("is no state of a program"));
  const version = load32(packedStart, 8);
  if (gtu(version, stateVersion)) {
    printSubject();
    printText(text("is a state of the newer version "));
    printCount(extendU(version));
    printText(text("; this host reads up to "));
    printCount(extendU(stateVersion));
    endRefused();
  }
  fileKind = load32(packedStart, 12);
}

function refuseDamaged(): never {
  refuseText(text("the state is damaged"));
}

/** Reads the next chunk; gives its tag, or 0 behind the last. */
export function nextChunk(): number {
  const isThere = readFully(inFile, packedStart, chunkAround.before);
  if (!isThere) refuseText(text("the state is cut off"));
  const tag = load32(packedStart, 0);
  const length = load32(packedStart, 4);
  const stored = load32(packedStart, 8);
  if (gtu(length, mostChunkBytes) || gtu(stored, length)) refuseDamaged();
  const start = packedStart + chunkAround.before;
  if (!readFully(inFile, start, stored + chunkAround.after)) {
    refuseText(text("the state is cut off"));
  }
  const sum = load32(start + stored, 0);
  if (checksum(packedStart, chunkAround.before + stored, 0) !== sum) refuseDamaged();
  if (stored === length) copy(contentStart, start, length);
  else if (!decompress(start, stored, contentStart, length)) refuseDamaged();
  setReader(contentStart, contentStart + length);
  if (tag === stateTags.end) {
    if (length !== 8) refuseDamaged();
    if (load32(contentStart, 0) !== inChunks) refuseDamaged();
    if (load32(contentStart, 4) !== inSum) refuseDamaged();
    return 0;
  }
  inChunks++;
  inSum = checksum(start + stored, 4, inSum);
  return tag;
}

/** How many chunks were read, and the checksum of their checksums. */
export function readChunks(): number {
  return inChunks;
}

export function readSum(): number {
  return inSum;
}
