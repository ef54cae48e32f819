import { closeSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { Elf, ElfError } from "../elf.ts";
import { processTree } from "./process-memory.ts";

/** How long each thread of a process and its children has run, in nanoseconds, by the thread's id. */
export function runTimes(root: number): Map<number, number> {
  const times = new Map<number, number>();
  for (const pid of processTree(root)) {
    for (const thread of namesIn(`/proc/${pid}/task`)) {
      const text = textOf(`/proc/${pid}/task/${thread}/schedstat`);
      if (text !== undefined) times.set(Number(thread), Number(text.split(" ")[0]));
    }
  }
  return times;
}

/** Finds the thread that ran the longest between two looks: a guest that waits does nothing else. */
export function busiest(
  before: ReadonlyMap<number, number>,
  after: ReadonlyMap<number, number>,
): number | undefined {
  const ran = [...after].map(([thread, ns]) => ({ thread, ns: ns - (before.get(thread) ?? 0) }));
  return ran.toSorted((a, b) => b.ns - a.ns)[0]?.thread;
}

/** Says whether a process runs a program of Go's, whose goroutines change threads. */
export function isGo(pid: number): boolean {
  let file: number | undefined;
  try {
    const descriptor = (file = openSync(`/proc/${pid}/exe`, "r"));
    const elf = new Elf((offset, length) => {
      const bytes = new Uint8Array(length);
      return bytes.subarray(0, readSync(descriptor, bytes, 0, length, offset));
    });
    return elf.section(".note.go.buildid") !== undefined;
  } catch (error) {
    if (error instanceof ElfError || file === undefined) return false;
    throw error;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
