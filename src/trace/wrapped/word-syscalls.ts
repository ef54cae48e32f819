import { wordState } from "../../instrument/index.ts";
import type { SyscallTotal } from "../ebpf/session.ts";
import type { ObservedSyscall } from "../observation.ts";
import { syscallName } from "../syscall-names.ts";
import type { InsideFunction } from "./read-functions.ts";

/** write, pwrite64, writev, pwritev: one of them carries the line by which a guest says who it is. */
const writing: readonly number[] = [1, 18, 20, 296];

/** System calls of a run in which a word said what function was in flight. */
export class WordSyscalls {
  readonly #totals: readonly SyscallTotal[];
  readonly #functions: readonly string[];
  readonly #guest: number | undefined;

  /**
   * @param functions Names of the wrapped imports, by their numbers from 1 on.
   * @param busiest The thread that ran while the guest waited.
   */
  constructor(
    totals: readonly SyscallTotal[],
    functions: readonly string[],
    busiest: number | undefined,
  ) {
    this.#totals = totals;
    this.#functions = functions;
    this.#guest = guestAmong(totals, busiest);
  }

  /** Whether the word was still where it was found when the guest ended: some runtimes move what they keep. */
  get isWhole(): boolean {
    return this.#totals.some(({ func }) => func === wordState.ended);
  }

  /** Gives those inside of a function: the guest's own, and those of others meanwhile. */
  inside(name: string): InsideFunction {
    const all = this.#totals.filter(({ func }) => this.#functions[func - 1] === name);
    return {
      syscalls: joined(all.filter(({ who }) => who === this.#guest)),
      helperSyscalls: joined(all.filter(({ who }) => who !== this.#guest)),
    };
  }

  /** Gives those outside of all functions; all, where the word was lost. */
  get outside(): ObservedSyscall[] {
    const { isWhole } = this;
    return joined(
      this.#totals.filter(({ func }) => !isWhole || this.#functions[func - 1] === undefined),
    );
  }
}

/**
 * Says who the guest is: who made the call by which it says so. Where a helper wrote the line the guest waited for
 * that: then it is the one of both that ran before.
 */
function guestAmong(totals: readonly SyscallTotal[], busy: number | undefined): number | undefined {
  const calling = totals.filter(({ func }) => func === wordState.calling);
  if (calling.some(({ who }) => who === busy)) return busy;
  return calling.find(({ number }) => writing.includes(number))?.who ?? busy;
}

/** Adds up system calls of one kind. */
function joined(all: readonly SyscallTotal[]): ObservedSyscall[] {
  const byNumber = new Map<number, ObservedSyscall>();
  for (const { number, calls, ns, bytes, errors } of all) {
    const known = byNumber.get(number);
    byNumber.set(number, {
      name: syscallName(number),
      count: calls + (known?.count ?? 0),
      timeNs: ns + (known?.timeNs ?? 0),
      bytes: bytes + (known?.bytes ?? 0),
      errors: errors + (known?.errors ?? 0),
    });
  }
  return [...byNumber.values()];
}
