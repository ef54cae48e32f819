import { closeSync, openSync, readdirSync, readFileSync, readSync, writeSync } from "node:fs";

/** A part of a process's memory that can be written and is in no file's image. */
interface Range {
  readonly start: number;
  readonly end: number;
}

const pageBytes = 4096;
const chunkBytes = 1 << 20;
const present = 0x80;

/** The memory of another process, as /proc has it. Its methods throw Node's errors when the process has ended. */
export class ProcessMemory {
  readonly #memory: number;
  readonly #pages: number;
  readonly #pid: number;
  readonly #chunk = Buffer.alloc(chunkBytes);

  constructor(pid: number) {
    this.#pid = pid;
    this.#memory = openSync(`/proc/${pid}/mem`, "r+");
    try {
      this.#pages = openSync(`/proc/${pid}/pagemap`, "r");
    } catch (error) {
      closeSync(this.#memory);
      throw error;
    }
  }

  close(): void {
    closeSync(this.#memory);
    closeSync(this.#pages);
  }

  read(address: number): bigint {
    const bytes = Buffer.alloc(8);
    readSync(this.#memory, bytes, 0, 8, address);
    return bytes.readBigUInt64LE();
  }

  write(address: number, value: bigint): void {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt.asUintN(64, value));
    writeSync(this.#memory, bytes, 0, 8, address);
  }

  /** Finds a number of 64 bits wherever it stands in pages that are there, the smallest parts of memory first. */
  *find(value: bigint): Generator<number> {
    const needle = Buffer.alloc(8);
    needle.writeBigUInt64LE(BigInt.asUintN(64, value));
    const ranges = this.#ranges().toSorted((a, b) => a.end - a.start - (b.end - b.start));
    for (const range of ranges) {
      for (const { start, end } of this.#presentIn(range)) yield* this.#search(start, end, needle);
    }
  }

  *#search(start: number, end: number, needle: Buffer): Generator<number> {
    for (let at = start; at < end; at += chunkBytes) {
      const wanted = Math.min(chunkBytes, end - at);
      const bytes = this.#chunk.subarray(0, this.#readSome(wanted, at));
      for (let hit = bytes.indexOf(needle); hit >= 0; hit = bytes.indexOf(needle, hit + 1)) {
        if (hit % 8 === 0) yield at + hit;
      }
    }
  }

  /** Reads what can be read; parts of memory come and go while one looks. */
  #readSome(length: number, address: number): number {
    try {
      return readSync(this.#memory, this.#chunk, 0, length, address);
    } catch {
      return 0;
    }
  }

  #ranges(): Range[] {
    const maps = readFileSync(`/proc/${this.#pid}/maps`, "latin1");
    return [...maps.matchAll(/^([\da-f]+)-([\da-f]+) rw-[ps] .*$/gm)]
      .filter(([line]) => !/\[v[a-z]+\]$|\/dev\//.test(line))
      .map(([, start = "", end = ""]) => ({ start: parseInt(start, 16), end: parseInt(end, 16) }));
  }

  /** Lists the runs of pages of a range that are in memory: much of what runtimes reserve never is. */
  *#presentIn({ start, end }: Range): Generator<Range> {
    const entries = Buffer.alloc(8 * 8192);
    let from: number | undefined;
    for (let at = start; at < end;) {
      const wanted = Math.min(entries.length, ((end - at) / pageBytes) * 8);
      const got = readSync(this.#pages, entries, 0, wanted, (at / pageBytes) * 8);
      if (got === 0) break;
      for (let entry = 0; entry < got; entry += 8, at += pageBytes) {
        // Bit 63 of an entry; bit 62 says that the page is swapped out.
        const there = entries[entry + 7]! >= present / 2;
        if (there) from ??= at;
        else if (from !== undefined) {
          yield { start: from, end: at };
          from = undefined;
        }
      }
    }
    if (from !== undefined) yield { start: from, end };
  }
}

/** Lists a process and all that it has started, as far as they still are. */
export function processTree(pid: number): number[] {
  let threads: string[];
  try {
    threads = readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
  const children = threads.flatMap((thread) => {
    try {
      const text = readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").trim();
      return text === "" ? [] : text.split(" ").map(Number);
    } catch {
      return [];
    }
  });
  return [pid, ...children.flatMap((child) => processTree(child))];
}
