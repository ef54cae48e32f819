import { readFileSync } from "node:fs";
import { monotonicNs } from "../../runtimes/index.ts";
import { packageFile } from "../../sys/index.ts";
import { EbpfSession } from "../ebpf/session.ts";

/** Rounds of so many system calls; the quickest round counts, since others were disturbed. */
const rounds = 60;
const callsARound = 300;

let known: number | undefined;

/**
 * Gives what the kernel's program costs a system call of a process with a word, in nanoseconds: measured once, on this
 * process itself. Throws a `KernelRefusal`.
 */
export function syscallCostNs(): number {
  return (known ??= measure());
}

function measure(): number {
  const plain = quickestNs();
  const session = new EbpfSession(readFileSync(packageFile("hosts/ebpf/wasi.bpf.o")), {
    pid: process.pid,
  });
  try {
    // Any word that can be read: none has this pattern.
    session.watchWord(process.pid, { address: someAddress(), pattern: 1, goroutines: false });
    return Math.max(quickestNs() - plain, 0);
  } finally {
    session.close();
  }
}

/** Times a system call that does next to nothing. */
function quickestNs(): number {
  let least = Infinity;
  for (let round = 0; round < rounds; round++) {
    const before = monotonicNs();
    for (let call = 0; call < callsARound; call++) process.getuid!();
    least = Math.min(least, monotonicNs() - before);
  }
  return least / callsARound;
}

function someAddress(): number {
  const heap = /^([\da-f]+)-.* rw-p .*\[(?:heap|stack)\]$/m.exec(
    readFileSync("/proc/self/maps", "latin1"),
  );
  return parseInt(heap?.[1] ?? "0", 16);
}
