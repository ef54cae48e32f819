/**
 * A call tree that is built while calls come in: a current node, find or create its child, go back to the
 * parent. Nodes come from a pool of typed arrays, so that nothing is allocated meanwhile, and a child is found
 * through one hash table, so that a call costs the same however many children a node has.
 */
export class HostTree {
  /** Number of nodes; node 0 is the host, which called the outermost functions. Parents stand before children. */
  count = 1;
  readonly parents: Int32Array;
  readonly functions: Int32Array;
  readonly calls: Float64Array;
  /** Calls that found no room. */
  lostCalls = 0;
  /** Ends for which nothing was open. */
  extraEnds = 0;
  /** Activations that were ended from outside: by an exception or a trap. */
  cutActivations = 0;

  readonly #now: () => number;
  /** Time in a node and below, of activations that have ended. */
  readonly #elapsed: Float64Array;
  /** When a node's open activation began: recursion makes nodes of its own, so there is one at most. */
  readonly #entered: Float64Array;
  readonly #table: Int32Array;
  readonly #shift: number;
  #current = 0;
  /** Open calls that found no room. */
  #openLost = 0;

  /** @param now Gives the time; it must not run backwards. */
  constructor(poolSize: number, now: () => number) {
    const nodes = poolSize + 1;
    // At most half full, so that a free slot is near.
    const tableBits = Math.ceil(Math.log2(poolSize * 2));
    this.parents = new Int32Array(nodes);
    this.functions = new Int32Array(nodes);
    this.calls = new Float64Array(nodes);
    this.#elapsed = new Float64Array(nodes);
    this.#entered = new Float64Array(nodes);
    this.#table = new Int32Array(2 ** tableBits);
    this.#shift = 32 - tableBits;
    this.#now = now;
    this.functions[0] = this.parents[0] = -1;
  }

  /** Begins a call. The clock is read last: what this does counts as the caller's time. */
  enter(funcIndex: number): void {
    if (this.#openLost > 0) {
      this.#openLost++;
      this.lostCalls++;
      return;
    }
    const node = this.#child(this.#current, funcIndex);
    if (node === 0) {
      this.#openLost = 1;
      this.lostCalls++;
      return;
    }
    this.calls[node]!++;
    this.#current = node;
    this.#entered[node] = this.#now();
  }

  /** Ends the innermost call. The clock is read first. */
  leave(): void {
    if (this.#openLost > 0) {
      this.#openLost--;
      return;
    }
    const node = this.#current;
    if (node === 0) {
      this.extraEnds++;
      return;
    }
    this.#elapsed[node]! += this.#now() - this.#entered[node]!;
    this.#current = this.parents[node]!;
  }

  /** Says where the program is, for `unwindTo`. */
  mark(): TreeMark {
    return { node: this.#current, openLost: this.#openLost };
  }

  /** Ends every call that began after `mark` and is still open. */
  unwindTo({ node, openLost }: TreeMark): void {
    if (this.#openLost > 0) {
      const kept = node === this.#current ? openLost : 0;
      this.cutActivations += Math.max(0, this.#openLost - kept);
      this.#openLost = Math.min(this.#openLost, kept);
    }
    const now = this.#now();
    while (this.#current !== node && this.#current !== 0) {
      const open = this.#current;
      this.#elapsed[open]! += now - this.#entered[open]!;
      this.#current = this.parents[open]!;
      this.cutActivations++;
    }
  }

  /** Lists the nodes whose calls are open, the innermost first. */
  open(): number[] {
    const nodes = [];
    for (let node = this.#current; node !== 0; node = this.parents[node]!) nodes.push(node);
    return nodes;
  }

  /** Computes each node's own time: its own minus its children's; calls that are open count up to now. */
  selfTimes(): Float64Array {
    const now = this.#now();
    const self = this.#elapsed.slice(0, this.count);
    for (const node of this.open()) self[node]! += now - this.#entered[node]!;
    const whole = self.slice();
    for (let node = 1; node < this.count; node++) self[this.parents[node]!]! -= whole[node]!;
    self[0] = 0;
    return self;
  }

  /** Finds or creates a child; returns 0 when the pool is empty. */
  #child(parent: number, funcIndex: number): number {
    const table = this.#table;
    const mask = table.length - 1;
    let slot = (Math.imul(parent, 0x9e3779b1) ^ Math.imul(funcIndex, 0x85ebca6b)) >>> this.#shift;
    for (;;) {
      const node = table[slot]!;
      if (node === 0) break;
      if (this.parents[node] === parent && this.functions[node] === funcIndex) return node;
      slot = (slot + 1) & mask;
    }
    if (this.count === this.parents.length) return 0;
    const node = this.count++;
    table[slot] = node;
    this.parents[node] = parent;
    this.functions[node] = funcIndex;
    return node;
  }
}

/** A place in a `HostTree` to unwind to. */
export interface TreeMark {
  readonly node: number;
  readonly openLost: number;
}
