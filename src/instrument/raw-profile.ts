import { Cursor } from "../bytes/index.ts";
import { countsTree, exactModes } from "./modes.ts";
import type { ExactMode } from "./modes.ts";
import { frameMark } from "./dump.ts";
import { RawProfileError } from "./raw-profile-error.ts";
import type { Words } from "./read-counts.ts";

/** A raw profile as an instrumented module wrote it into a log. docs/raw-format.md */
export interface RawProfile {
  readonly mode: ExactMode;
  /** The module's id as it was given to `instrument`, or undefined. */
  readonly moduleId: string | undefined;
  readonly words: Words;
}

const version = "1";

/**
 * Finds the raw profiles in a text in which other output may stand before, behind and between. A run may
 * dump several times: its last dump counts. The words of several runs of one module are added up.
 * Throws a `RawProfileError` that names the line when a profile is cut off or damaged.
 */
export function parseRawProfiles(text: string): RawProfile[] {
  const runs = new Map<string, (Dump & RawProfile)[]>();
  for (const found of dumpsIn(text)) {
    const dump = { ...found, mode: exactMode(found) };
    const key = `${dump.mode} ${dump.moduleId ?? ""}`;
    const known = runs.get(key) ?? [];
    const last = known.at(-1);
    // Dumps of one run are numbered from one: a higher number replaces the one before.
    if (last !== undefined && dump.number === last.number + 1) known[known.length - 1] = dump;
    else known.push(dump);
    runs.set(key, known);
  }
  return [...runs.values()].map(addUp);
}

/**
 * Finds the words of the last dump with a header's word for what it is, such as `wasi`. Throws a `RawProfileError` when
 * it is cut off or damaged.
 */
export function parseLastDump(text: string, mode: string): Words | undefined {
  return [...dumpsIn(text)].findLast((dump) => dump.mode === mode)?.words;
}

interface Dump {
  readonly mode: string;
  readonly moduleId: string | undefined;
  readonly line: number;
  readonly number: number;
  readonly words: Words;
}

function exactMode({ mode, line }: Dump): ExactMode {
  const known = exactModes.find((name) => name === mode);
  if (known === undefined) throw new RawProfileError(`line ${line}: unknown mode ${mode}`);
  return known;
}

function addUp(dumps: readonly RawProfile[]): RawProfile {
  const [first, ...others] = dumps;
  const { mode, moduleId, words } = first!;
  if (others.length > 0 && countsTree(mode)) {
    throw new RawProfileError(
      `the file has call trees of ${dumps.length} runs: convert them one by one and merge the results`,
    );
  }
  for (const other of others) {
    for (let at = 0; at < words.length; at++) words[at]! += other.words[at] ?? 0;
  }
  return { mode, moduleId, words };
}

function* dumpsIn(text: string): Generator<Dump> {
  let header: DumpHeader | undefined;
  let payload: string[] = [];
  let line = 0;
  const cutOff = (start: number): RawProfileError =>
    new RawProfileError(`line ${start}: the raw profile is cut off: it has no checksum`);
  for (const content of lines(text)) {
    line++;
    if (!content.startsWith(frameMark)) continue;
    const rest = content.slice(frameMark.length);
    if (rest.startsWith(" ")) {
      if (header !== undefined) throw cutOff(header.line);
      header = parseHeader(rest.trim(), line);
      payload = [];
    } else if (rest.startsWith(":")) payload.push(rest.slice(1));
    else if (rest.startsWith("=") && header !== undefined) {
      yield decodeDump(header, payload.join(""), rest.slice(1).trim());
      header = undefined;
    }
  }
  if (header !== undefined) throw cutOff(header.line);
}

function* lines(text: string): Generator<string> {
  let start = 0;
  while (start < text.length) {
    const end = text.indexOf("\n", start);
    const stop = end < 0 ? text.length : end;
    yield text.slice(start, text[stop - 1] === "\r" ? stop - 1 : stop);
    start = stop + 1;
  }
}

type DumpHeader = Omit<Dump, "number" | "words">;

function parseHeader(header: string, line: number): DumpHeader {
  const [found, mode = "", id] = header.split(" ");
  if (found !== version) {
    throw new RawProfileError(
      `line ${line}: raw profile of version ${found}, this tool reads ${version}`,
    );
  }
  return { mode, moduleId: id === "-" ? undefined : id, line };
}

function decodeDump(header: DumpHeader, base64: string, checksum: string): Dump {
  const damaged = (what: string): RawProfileError =>
    new RawProfileError(`line ${header.line}: the raw profile is damaged: ${what}`);
  let bytes: Uint8Array;
  try {
    bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  } catch {
    throw damaged("it is not Base64");
  }
  const cursor = new Cursor(bytes);
  try {
    const number = cursor.u32();
    const words = readWords(cursor);
    const crc = crc32(bytes.subarray(0, cursor.position)).toString(16).padStart(8, "0");
    if (crc !== checksum) throw damaged(`its checksum is ${checksum}, its content's is ${crc}`);
    return { ...header, number, words };
  } catch (error) {
    throw error instanceof RawProfileError ? error : damaged("it ends early");
  }
}

/** Reads the count and the words; a zero is followed by the number of zeros. */
function readWords(cursor: Cursor): Words {
  const count = cursor.u32();
  // A run of zeros is short however long it is, so that the count says nothing about the size.
  if (count > mostWords) cursor.fail("too many words");
  const words = new Float64Array(count);
  for (let at = 0; at < count;) {
    const value = cursor.u64();
    if (value !== 0n) words[at++] = Number(BigInt.asIntN(64, value));
    else at += Math.max(1, cursor.u32());
  }
  return words;
}

const mostWords = 100_000_000;

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ ((crc & 1) * 0xedb88320);
  return crc;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ crcTable[(crc ^ byte) & 0xff]!;
  return (crc ^ 0xffff_ffff) >>> 0;
}
