import { timeImports } from "../../instrument/index.ts";
import type { TimedFunction } from "../../instrument/index.ts";
import { TimeCore } from "./core.ts";
import type { TimeCoreOptions, TimeTree } from "./core.ts";

/** How a host times. */
export interface TimeProfilerOptions extends TimeCoreOptions {
  /** The defined functions that call the host, by index, unless `watch` tells them later. */
  readonly switched?: ReadonlyMap<number, TimedFunction>;
}

/** The host's side of a module from `instrumentForTime`, for one instance in one thread. */
export class TimeProfiler {
  readonly core: TimeCore;
  /** What the module imports. */
  readonly imports: WebAssembly.Imports;
  #switched: ReadonlyMap<number, TimedFunction> = new Map();
  /** For functions of the host: their calls, and how many pass before the next is timed. */
  readonly #calls: Float64Array;
  readonly #passing: Float64Array;
  #ended = false;

  constructor(options: TimeProfilerOptions) {
    const { functions, switched = new Map<number, TimedFunction>() } = options;
    this.core = new TimeCore(options);
    this.#calls = new Float64Array(functions);
    this.#passing = new Float64Array(functions);
    this.watch(switched);
    const { enter, leave } = this.core;
    this.imports = {
      [timeImports.module]: { [timeImports.enter]: enter, [timeImports.leave]: leave },
    };
  }

  /** The calls that were timed so far. */
  get tree(): TimeTree {
    return this.core.tree();
  }

  /** Says which functions call the host. */
  watch(switched: ReadonlyMap<number, TimedFunction>): void {
    this.#switched = switched;
    for (const { funcIndex, countedBy } of switched.values()) {
      this.core.countByCallers(funcIndex, countedBy === "callers");
    }
  }

  /** Wraps a function of the host that the guest calls, so that its calls are timed as a function of the guest's. */
  wrap<A extends readonly unknown[], R>(func: number, run: (...args: A) => R): (...args: A) => R {
    return (...args) => {
      this.#calls[func]!++;
      if (this.#passing[func]! > 0) {
        this.#passing[func]!--;
        return run(...args);
      }
      this.#passing[func] = this.core.grant(func);
      this.core.open(func);
      const result = run(...args);
      this.core.close();
      return result;
    };
  }

  /**
   * Wraps a function that calls into the module, such as an export: calls that an exception or a trap ends on
   * its way through are ended in the tree, too.
   */
  guard<A extends readonly unknown[], R>(run: (...args: A) => R): (...args: A) => R {
    return (...args) => {
      const { depth } = this.core;
      try {
        return run(...args);
      } finally {
        this.core.unwindTo(depth);
      }
    };
  }

  /** Lets the time begin now: what has passed belongs to nobody. */
  begin(): void {
    this.#ended = false;
    this.core.restart();
  }

  /** Counts a call of a function of the host that is not timed. */
  count(func: number): void {
    this.#calls[func]!++;
  }

  /** Ends all calls that are open, and the time, now: before a `proc_exit`, or after a trap. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.core.unwindTo(0);
    this.core.settle();
  }

  /** Counts the calls of each function, given the module's words at the end, one a defined function. */
  calls(words: Float64Array): Float64Array {
    const calls = this.#calls.slice();
    const first = calls.length - words.length;
    for (const [defined, word] of words.entries()) {
      const func = first + defined;
      calls[func] = this.#switched.has(func) ? this.core.callsOf(func, word) : word;
    }
    return calls;
  }
}
