/** A function on the stack this often gets no deeper nodes: further calls are booked on its innermost one. */
const deepest = 64;

/**
 * The calls that are timed, as a call tree with own times. Node 0 is the host, which calls the outermost
 * functions; parents stand before their children. Between two readings of the clock time belongs to one node, so
 * that all own times add up to the time from the first reading to the last.
 */
export class TimeTree {
  count = 1;
  parents: Int32Array = new Int32Array(1024);
  functions: Int32Array = new Int32Array(1024);
  /** Timed calls. */
  calls: Float64Array = new Float64Array(1024);
  /** Own nanoseconds. */
  self: Float64Array = new Float64Array(1024);
  /** Activations that something thrown has ended. */
  cut = 0;
  // Of the call that ended last.
  endedFunc = -1;
  ownNs = 0;
  wholeNs = 0;

  readonly #now: () => number;
  /** How often each function is on the stack, and its innermost node. */
  readonly #open: Int32Array;
  readonly #innermost: Int32Array;
  #last: number;
  #depth = 0;
  // One entry an open activation.
  #nodes = new Int32Array(1024);
  #before = new Int32Array(1024);
  #entered = new Float64Array(1024);
  #inside = new Float64Array(1024);
  #table = new Int32Array(4096);

  /**
   * @param functions Number of functions; they are named by index.
   * @param now Gives nanoseconds; it must not run backwards.
   */
  constructor(functions: number, now: () => number) {
    this.#now = now;
    this.#open = new Int32Array(functions);
    this.#innermost = new Int32Array(functions);
    this.parents[0] = this.functions[0] = -1;
    this.#last = now();
  }

  /** Number of open activations. */
  get depth(): number {
    return this.#depth;
  }

  /** How often a function is on the stack. */
  openCalls(func: number): number {
    return this.#open[func]!;
  }

  /** Begins a call. The clock is read last: what this does counts as the caller's time. */
  enter(func: number): void {
    const depth = this.#depth;
    if (depth + 1 >= this.#nodes.length) this.#growStack();
    const parent = this.#nodes[depth]!;
    const node = this.#open[func]! >= deepest ? this.#innermost[func]! : this.#child(parent, func);
    this.calls[node]!++;
    this.#open[func]!++;
    this.#depth = depth + 1;
    this.#nodes[depth + 1] = node;
    this.#before[depth + 1] = this.#innermost[func]!;
    this.#innermost[func] = node;
    this.#inside[depth + 1] = 0;
    const now = this.#now();
    this.self[parent]! += now - this.#last;
    this.#last = this.#entered[depth + 1] = now;
  }

  /**
   * Ends the innermost call; the clock is read first. Afterwards `endedFunc`, `ownNs` and `wholeNs` tell of
   * that call: its time without and with timed callees.
   */
  leave(): void {
    this.#end(this.#now());
  }

  /** When the clock was read last. */
  get lastNs(): number {
    return this.#last;
  }

  /** Ends all calls that are deeper than `depth`. */
  unwindTo(depth: number): void {
    if (this.#depth <= depth) return;
    const now = this.#now();
    while (this.#depth > depth) {
      this.#end(now);
      this.cut++;
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.parents.fill(0, 1);
    this.functions.fill(0, 1);
    this.calls.fill(0);
    this.self.fill(0);
    this.#open.fill(0);
    this.#innermost.fill(0);
    this.#table.fill(0);
    this.count = 1;
    this.cut = this.#depth = this.#inside[0] = 0;
    this.#last = this.#now();
  }

  /** Lets the time begin now: what has passed belongs to nobody. */
  restart(): void {
    this.#last = this.#now();
  }

  /** Books the time up to now. */
  settle(): void {
    const now = this.#now();
    this.self[this.#nodes[this.#depth]!]! += now - this.#last;
    this.#last = now;
  }

  #end(now: number): void {
    const depth = this.#depth;
    if (depth === 0) return;
    const node = this.#nodes[depth]!;
    const func = this.functions[node]!;
    this.self[node]! += now - this.#last;
    this.#last = now;
    this.#open[func]!--;
    this.#innermost[func] = this.#before[depth]!;
    this.endedFunc = func;
    this.wholeNs = now - this.#entered[depth]!;
    this.ownNs = this.wholeNs - this.#inside[depth]!;
    this.#depth = depth - 1;
    this.#inside[depth - 1]! += this.wholeNs;
  }

  #child(parent: number, func: number): number {
    const table = this.#table;
    const mask = table.length - 1;
    let slot = hash(parent, func) & mask;
    for (;;) {
      const node = table[slot]!;
      if (node === 0) break;
      if (this.parents[node] === parent && this.functions[node] === func) return node;
      slot = (slot + 1) & mask;
    }
    const node = this.count++;
    table[slot] = node;
    if (node >= this.parents.length) this.#growNodes();
    this.parents[node] = parent;
    this.functions[node] = func;
    if (2 * this.count > table.length) this.#growTable();
    return node;
  }

  #growStack(): void {
    this.#nodes = larger(this.#nodes);
    this.#before = larger(this.#before);
    this.#entered = larger(this.#entered);
    this.#inside = larger(this.#inside);
  }

  #growNodes(): void {
    this.parents = larger(this.parents);
    this.functions = larger(this.functions);
    this.calls = larger(this.calls);
    this.self = larger(this.self);
  }

  #growTable(): void {
    const table = (this.#table = new Int32Array(2 * this.#table.length));
    const mask = table.length - 1;
    for (let node = 1; node < this.count; node++) {
      let slot = hash(this.parents[node]!, this.functions[node]!) & mask;
      while (table[slot] !== 0) slot = (slot + 1) & mask;
      table[slot] = node;
    }
  }
}

function hash(parent: number, func: number): number {
  const mixed = Math.imul(parent, 0x9e3779b1) ^ Math.imul(func, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}

function larger<T extends Int32Array | Float64Array>(array: T): T {
  const copy = new (array.constructor as new (length: number) => T)(2 * array.length);
  copy.set(array);
  return copy;
}
