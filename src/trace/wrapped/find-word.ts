import { wordState, wordValue } from "../../instrument/index.ts";
import { monotonicNs } from "../../runtimes/index.ts";
import { ProcessMemory, processTree } from "./process-memory.ts";

/** Where a guest's word is, and when the guest was told to go on. */
export interface FoundWord {
  readonly pid: number;
  readonly address: number;
  /** CLOCK_MONOTONIC in nanoseconds. */
  readonly goNs: number;
  /** How long the search took. */
  readonly searchNs: number;
}

/** The guest looks at its word in less than a microsecond, but it may have lost its processor. */
const answerNs = 250e6;
/** From then on others are let to the processor between two looks. */
const patienceNs = 1e6;
const napMs = 1;

/**
 * Looks for the word of a guest that waits, in a process and what it has started, and tells the guest to go on. There
 * may be copies of the word: the guest's own is the one that changes when the guest goes on. Undefined when none was
 * found.
 *
 * @param attach Called for each place in question before the guest is told; afterwards it is too late to look.
 */
export function findWord(
  root: number,
  pattern: number,
  attach: (pid: number, address: number) => void,
): FoundWord | undefined {
  const begin = monotonicNs();
  for (const pid of processTree(root)) {
    const found = findIn(pid, pattern, (address) => attach(pid, address));
    if (found !== undefined) return { pid, ...found, searchNs: found.goNs - begin };
  }
  return undefined;
}

function findIn(
  pid: number,
  pattern: number,
  attach: (address: number) => void,
): Pick<FoundWord, "address" | "goNs"> | undefined {
  let memory: ProcessMemory | undefined;
  try {
    memory = new ProcessMemory(pid);
    for (const address of memory.find(wordValue(pattern, wordState.waiting))) {
      attach(address);
      const goNs = tellToGo(memory, address, pattern);
      if (goNs !== undefined) return { address, goNs };
    }
    return undefined;
  } catch (error) {
    // It has ended, or is none of ours to look into.
    if (isGone(error)) return undefined;
    throw error;
  } finally {
    memory?.close();
  }
}

/** Says when a guest was told, if it has listened; what else stood there is put back. */
function tellToGo(memory: ProcessMemory, address: number, pattern: number): number | undefined {
  const [waiting, go] = [wordState.waiting, wordState.go].map((state) =>
    BigInt.asUintN(64, wordValue(pattern, state)),
  ) as [bigint, bigint];
  if (memory.read(address) !== waiting) return undefined;
  memory.write(address, go);
  const told = monotonicNs();
  for (let waited = 0; waited < answerNs; waited = monotonicNs() - told) {
    const now = memory.read(address);
    if (now !== go) return now >> 32n === BigInt(pattern) ? told : undefined;
    if (waited > patienceNs) nap();
  }
  memory.write(address, waiting);
  return undefined;
}

/** Sleeps without letting anything else happen here. */
function nap(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, napMs);
}

function isGone(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOENT" || code === "ESRCH" || code === "EIO";
}
