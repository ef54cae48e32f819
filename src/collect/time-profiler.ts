import { timeImports } from "../instrument/index.ts";
import type { TimedFunction } from "../instrument/index.ts";
import { TimeSwitch } from "./time-switch.ts";
import type { SwitchOptions } from "./time-switch.ts";
import { TimeTree } from "./time-tree.ts";

/** How a host times. */
export interface TimeProfilerOptions extends SwitchOptions {
  /** Number of functions of the original module, imported and defined. */
  readonly functions: number;
  /** The defined functions that call the host, by index, unless `watch` tells them later. */
  readonly switched?: ReadonlyMap<number, TimedFunction>;
  /** Gives nanoseconds; it must not run backwards. */
  readonly clock: () => number;
}

/** Recursion deeper than this is timed only now and then: each timed call takes a second frame of the stack. */
const deepRecursion = 64;
const deepGrant = 1024;

/** The host's side of a module from `instrumentForTime`, for one instance in one thread. */
export class TimeProfiler {
  readonly tree: TimeTree;
  readonly switch: TimeSwitch;
  /** What the module imports. */
  readonly imports: WebAssembly.Imports;
  readonly #options: TimeProfilerOptions;
  #switched: ReadonlyMap<number, TimedFunction> = new Map();
  readonly #byCallers: Uint8Array;
  /** Counted calls, and the word that was given to each function last. */
  readonly #calls: Float64Array;
  readonly #given: Float64Array;
  #start: number;
  #ended = false;
  /** For functions of the host: calls that pass before the next is timed. */
  readonly #passing: Float64Array;

  constructor(options: TimeProfilerOptions) {
    const { functions, switched = new Map<number, TimedFunction>(), clock } = options;
    this.#options = options;
    this.tree = new TimeTree(functions, clock);
    this.switch = new TimeSwitch(functions, options);
    this.#calls = new Float64Array(functions);
    this.#given = new Float64Array(functions);
    this.#passing = new Float64Array(functions);
    this.#byCallers = new Uint8Array(functions);
    this.watch(switched);
    this.#start = this.tree.lastNs;
    this.imports = {
      [timeImports.module]: {
        [timeImports.enter]: (func: number, word: number) => this.#enter(func, word),
        [timeImports.leave]: (word: number) => this.#leave(word),
      },
    };
  }

  /** Says which functions call the host. */
  watch(switched: ReadonlyMap<number, TimedFunction>): void {
    this.#switched = switched;
    for (const { funcIndex, countedBy } of switched.values()) {
      this.#byCallers[funcIndex] = countedBy === "callers" ? 1 : 0;
    }
  }

  /**
   * Forgets everything.
   *
   * @param eventNs What a timed call costs, if that is better known now.
   */
  clear(eventNs: number = this.#options.eventNs): void {
    this.tree.clear();
    this.switch.clear(eventNs);
    for (const values of [this.#calls, this.#given, this.#passing]) values.fill(0);
  }

  /** Wraps a function of the host that the guest calls, so that its calls are timed as a function of the guest's. */
  wrap<A extends readonly unknown[], R>(func: number, run: (...args: A) => R): (...args: A) => R {
    return (...args) => {
      this.#calls[func]!++;
      if (this.#passing[func]! > 0) {
        this.#passing[func]!--;
        return run(...args);
      }
      this.#passing[func] = this.switch.grant(func);
      this.tree.enter(func);
      const result = run(...args);
      this.tree.leave();
      this.#note(func);
      return result;
    };
  }

  /**
   * Wraps a function that calls into the module, such as an export: calls that an exception or a trap ends on
   * its way through are ended in the tree, too.
   */
  guard<A extends readonly unknown[], R>(run: (...args: A) => R): (...args: A) => R {
    return (...args) => {
      const { depth } = this.tree;
      try {
        return run(...args);
      } finally {
        this.tree.unwindTo(depth);
      }
    };
  }

  /** Lets the time begin now: what has passed belongs to nobody. */
  begin(): void {
    this.#ended = false;
    this.tree.restart();
    this.#start = this.tree.lastNs;
  }

  /** Counts a call of a function of the host that is not timed. */
  count(func: number): void {
    this.#calls[func]!++;
  }

  /** Ends all calls that are open, and the time, now: before a `proc_exit`, or after a trap. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.tree.unwindTo(0);
    this.tree.settle();
  }

  /** Counts the calls of each function, given the module's words at the end, one a defined function. */
  calls(words: Float64Array): Float64Array {
    const calls = this.#calls.slice();
    const first = calls.length - words.length;
    for (const [defined, word] of words.entries()) {
      const func = first + defined;
      if (this.#switched.has(func)) calls[func]! += this.#given[func]! - word;
      else calls[func] = word;
    }
    return calls;
  }

  #enter(func: number, word: number): number {
    this.#calls[func]! += this.#given[func]! - word;
    const deep = this.tree.openCalls(func) >= deepRecursion ? deepGrant : 0;
    const grant = Math.max(this.switch.grant(func), deep);
    // The timed call itself must pass: it takes one from the word, unless its callers have done so.
    const given = this.#byCallers[func] === 1 ? grant : grant + 1;
    this.#given[func] = given;
    this.tree.enter(func);
    return given;
  }

  #leave(word: number): number {
    this.tree.leave();
    const { endedFunc: func } = this.tree;
    this.#note(func);
    if (!this.switch.isOn(func)) return word;
    this.#calls[func]! += this.#given[func]! - word;
    return (this.#given[func] = this.#byCallers[func] === 1 ? -1 : 0);
  }

  #note(func: number): void {
    const { tree } = this;
    this.switch.note(func, tree.ownNs, tree.wholeNs);
    this.switch.look(tree.lastNs - this.#start);
  }
}
