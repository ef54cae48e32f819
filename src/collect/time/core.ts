import { timeCoreLayout, timeCoreNames, writeTimeCore } from "../../instrument/index.ts";

/** What timing goes by. All times are in nanoseconds. */
export interface TimeCoreOptions {
  /** Number of functions; they are named by index. */
  readonly functions: number;
  /** Gives nanoseconds; it must not run backwards. */
  readonly clock: () => number;
  /** What timing one call costs. */
  readonly eventNs: number;
  /** The share of the run's time that timing may take, such as 0.01. */
  readonly share: number;
  /** Whether the functions were chosen beforehand: then all are timed, as long as that costs what it may. */
  readonly chosen?: boolean;
}

/** The calls that were timed, as a call tree: parents stand before their children, and node 0 is the host. */
export interface TimeTree {
  readonly count: number;
  readonly parents: Int32Array;
  readonly functions: Int32Array;
  /** Timed calls. */
  readonly calls: Float64Array;
  /** Own nanoseconds. */
  readonly self: Float64Array;
}

/** What the module exports. */
interface Functions {
  readonly enter: (func: number, word: number) => number;
  readonly leave: (word: number) => number;
  readonly is_on: (func: number) => number;
  readonly grant: (func: number) => number;
  readonly note: (func: number, ownNs: number, wholeNs: number) => void;
  readonly look: (elapsedNs: number) => void;
  readonly open: (func: number) => void;
  readonly close: () => void;
  readonly settle: () => void;
  readonly unwind_to: (depth: number) => void;
}

const { header64, header32, functionSize, func: funcField, cellSize, node } = timeCoreLayout;
let compiled: WebAssembly.Module | undefined;

/**
 * Keeps the calls that are timed, as a call tree with own times, and decides while a program runs which functions are
 * timed: those whose calls last long enough, on the average, for the cost of it. Between two readings of the clock time
 * belongs to one node, so that all own times add up to the time from the first reading to the last. A function's own
 * time here is all that was spent in it outside of timed calls, so the cost stays below `share` of the run; when it does
 * not, since means mislead, the bound is doubled until it does. The work is done in WebAssembly (`writeTimeCore`).
 */
export class TimeCore {
  readonly #options: TimeCoreOptions;
  readonly #memory: WebAssembly.Memory;
  readonly #run: Functions;
  /** What the guest imports: functions of WebAssembly, called without a detour through JavaScript. */
  readonly enter: Functions["enter"];
  readonly leave: Functions["leave"];

  constructor(options: TimeCoreOptions) {
    this.#options = options;
    compiled ??= new WebAssembly.Module(writeTimeCore() as Uint8Array<ArrayBuffer>);
    const { module, now, memory } = timeCoreNames;
    const { exports } = new WebAssembly.Instance(compiled, { [module]: { [now]: options.clock } });
    this.#memory = exports[memory] as WebAssembly.Memory;
    this.#run = exports as unknown as Functions;
    this.enter = this.#run.enter;
    this.leave = this.#run.leave;
    const missing = this.#heap + 2 * cellSize - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / 65536));
    this.clear();
  }

  /** Forgets everything, and goes by another cost of a timed call from now on, if one is given. */
  clear(eventNs: number = this.#options.eventNs): void {
    const { functions, share, chosen = false } = this.#options;
    new Uint8Array(this.#memory.buffer).fill(0);
    const heap = this.#heap;
    const [floats, integers] = this.#views();
    floats[header64.eventNs / 8] = eventNs;
    floats[header64.share / 8] = share;
    floats[header64.bound / 8] = floats[header64.least / 8] = eventNs / share;
    integers[header32.current / 4] = heap + cellSize;
    integers[header32.top / 4] = heap + 2 * cellSize;
    integers[header32.count / 4] = 1;
    integers[header32.allOn / 4] = chosen ? 1 : 0;
    integers[header32.endedFunc / 4] = -1;
    // The host's node, and the activation that it stands for.
    integers[(heap + node.func) / 4] = integers[(heap + node.parent) / 4] = -1;
    const { activation } = timeCoreLayout;
    integers[(heap + cellSize + activation.node) / 4] = heap;
    integers[(heap + cellSize + activation.number) / 4] = -1;
    for (let func = 0; func < functions; func++) {
      integers[this.#field(func, funcField.grant) / 4] = timeCoreLayout.firstGrant;
    }
    this.restart();
  }

  /** Says whether the callers of a function take from its word what they will call it. */
  countByCallers(func: number, byCallers: boolean): void {
    this.#views()[1][this.#field(func, funcField.byCallers) / 4] = byCallers ? 1 : 0;
  }

  /** Counts the calls of a function that `enter` and `leave` were told of, given its word at the end. */
  callsOf(func: number, word: number): number {
    const [floats] = this.#views();
    const at = (field: number): number => floats[this.#field(func, field) / 8]!;
    return at(funcField.calls) + at(funcField.given) - word;
  }

  /** Begins a timed call. The clock is read last: what this does counts as the caller's time. */
  open(func: number): void {
    this.#run.open(func);
  }

  /** Ends the innermost timed call; the clock is read first. */
  close(): void {
    this.#run.close();
  }

  /** Ends all calls that are deeper than `depth`. */
  unwindTo(depth: number): void {
    this.#run.unwind_to(depth);
  }

  /** Books the time up to now. */
  settle(): void {
    this.#run.settle();
  }

  /** Lets the time begin now: what has passed belongs to nobody. */
  restart(): void {
    const [floats] = this.#views();
    floats[header64.last / 8] = floats[header64.start / 8] = this.#options.clock();
  }

  /** Says whether the next call of a function is timed. */
  isOn(func: number): boolean {
    return this.#run.is_on(func) !== 0;
  }

  /** Says how many calls of a function pass untimed before the next look at it. */
  grant(func: number): number {
    return this.#run.grant(func);
  }

  /** Tells of a timed call that ended: nanoseconds of its own and with timed callees. */
  note(func: number, ownNs: number, wholeNs: number): void {
    this.#run.note(func, ownNs, wholeNs);
  }

  /** Adapts the bound to what timing has cost in a run of so many nanoseconds, and costs just now. */
  look(elapsedNs: number): void {
    this.#run.look(elapsedNs);
  }

  /** Number of open activations. */
  get depth(): number {
    return this.#views()[1][header32.depth / 4]!;
  }

  /** Activations that something thrown has ended. */
  get cut(): number {
    return this.#views()[1][header32.cut / 4]!;
  }

  /** Timed calls so far, of all functions. */
  get events(): number {
    return this.#views()[0][header64.events / 8]!;
  }

  /** A function is timed when a call of it owns this many nanoseconds. */
  get boundNs(): number {
    return this.#views()[0][header64.bound / 8]!;
  }

  /** The call that ended last: nanoseconds without and with timed callees. */
  get ended(): { readonly func: number; readonly ownNs: number; readonly wholeNs: number } {
    const [floats, integers] = this.#views();
    return {
      func: integers[header32.endedFunc / 4]!,
      ownNs: floats[header64.ownNs / 8]!,
      wholeNs: floats[header64.wholeNs / 8]!,
    };
  }

  /** The running mean of a function's own nanoseconds a timed call. */
  meanOwn(func: number): number {
    return this.#views()[0][this.#field(func, funcField.own) / 8]!;
  }

  /** How often a function is on the stack. */
  openCalls(func: number): number {
    return this.#views()[1][this.#field(func, funcField.open) / 4]!;
  }

  /** Reads the tree as it is now. */
  tree(): TimeTree {
    const [floats, integers] = this.#views();
    const count = integers[header32.count / 4]!;
    const top = integers[header32.top / 4]!;
    const tree = {
      count,
      parents: new Int32Array(count),
      functions: new Int32Array(count),
      calls: new Float64Array(count),
      self: new Float64Array(count),
    };
    for (let cell = this.#heap; cell < top; cell += cellSize) {
      const number = integers[(cell + node.number) / 4]!;
      if (number < 0) continue;
      const parent = integers[(cell + node.parent) / 4]!;
      tree.parents[number] = parent < 0 ? -1 : integers[(parent + node.number) / 4]!;
      tree.functions[number] = integers[(cell + node.func) / 4]!;
      tree.calls[number] = floats[(cell + node.calls) / 8]!;
      tree.self[number] = floats[(cell + node.self) / 8]!;
    }
    return tree;
  }

  get #heap(): number {
    return this.#field(this.#options.functions, 0);
  }

  #field(func: number, offset: number): number {
    return timeCoreLayout.functions + func * functionSize + offset;
  }

  /** The memory as floats and as integers; it moves when it grows. */
  #views(): readonly [Float64Array, Int32Array] {
    return [new Float64Array(this.#memory.buffer), new Int32Array(this.#memory.buffer)];
  }
}
