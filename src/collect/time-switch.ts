/** What a `TimeSwitch` goes by. All times are in nanoseconds. */
export interface SwitchOptions {
  /** What timing one call costs. */
  readonly eventNs: number;
  /** The share of the run's time that timing may take, such as 0.01. */
  readonly share: number;
  /** Whether the functions were chosen beforehand: then all are timed, as long as that costs what it may. */
  readonly chosen?: boolean;
}

/** Calls that are timed before a function is judged: the first ones compile code and fill caches. */
const firstCalls = 8;
/** Calls that pass untimed after a function was switched off: doubled at each further look, up to the last. */
const firstGrant = 16;
const lastGrant = 65536;
/** A function with callees that are timed, too, is worth its place in the tree if a call takes so much longer. */
const wholeCallFactor = 10;
/** The running mean takes in this much of a new value. */
const weight = 1 / 4;
/** Timed calls after which the bound is looked at again. */
const eventsALook = 256;
/** The bound is never this many times higher than the budget asks for. */
const mostFactor = 1024;
/** What timing may cost at first, before there is a run to speak of. */
const graceNs = 2e6;

/**
 * Decides while a program runs which of its functions are timed: those whose calls last long enough, on the
 * average, for the cost of timing them. A function's own time here is all that was spent in it outside of timed
 * calls; so what all timed functions own adds up to the run, and the cost stays below `share` of it. When it does
 * not, since means mislead, the bound is doubled until it does.
 */
export class TimeSwitch {
  /** Timed calls so far, of all functions. */
  events = 0;
  /** A function is timed when a call of it owns this many nanoseconds. */
  boundNs: number;
  #eventNs: number;
  readonly #share: number;
  #least: number;
  readonly #chosen: boolean;
  readonly #own: Float64Array;
  readonly #whole: Float64Array;
  readonly #timed: Float64Array;
  readonly #grants: Float64Array;
  #allOn: boolean;
  #lookedNs = 0;

  /** @param functions Number of functions; they are named by index. */
  constructor(functions: number, { eventNs, share, chosen = false }: SwitchOptions) {
    this.#allOn = this.#chosen = chosen;
    this.#eventNs = eventNs;
    this.#share = share;
    this.boundNs = this.#least = eventNs / share;
    this.#own = new Float64Array(functions);
    this.#whole = new Float64Array(functions);
    this.#timed = new Float64Array(functions);
    this.#grants = new Float64Array(functions).fill(firstGrant);
  }

  /** Forgets everything, and goes by another cost of a timed call from now on. */
  clear(eventNs: number): void {
    this.#eventNs = eventNs;
    this.boundNs = this.#least = eventNs / this.#share;
    this.events = this.#lookedNs = 0;
    this.#allOn = this.#chosen;
    for (const values of [this.#own, this.#whole, this.#timed]) values.fill(0);
    this.#grants.fill(firstGrant);
  }

  /** Tells of a timed call that ended: nanoseconds of its own and with timed callees. */
  note(func: number, ownNs: number, wholeNs: number): void {
    this.events++;
    const timed = ++this.#timed[func]!;
    const part = timed <= firstCalls ? 1 / timed : weight;
    this.#own[func]! += (ownNs - this.#own[func]!) * part;
    this.#whole[func]! += (wholeNs - this.#whole[func]!) * part;
  }

  /** The running mean of a function's own nanoseconds a timed call. */
  meanOwn(func: number): number {
    return this.#own[func]!;
  }

  /** Says whether the next call of a function is timed. */
  isOn(func: number): boolean {
    return (
      this.#allOn ||
      this.#timed[func]! < firstCalls ||
      this.#own[func]! >= this.boundNs ||
      this.#whole[func]! >= wholeCallFactor * this.boundNs
    );
  }

  /** Says how many calls of a function pass untimed before the next look at it. */
  grant(func: number): number {
    if (this.isOn(func)) {
      this.#grants[func] = firstGrant;
      return 0;
    }
    const calls = this.#grants[func]!;
    this.#grants[func] = Math.min(2 * calls, lastGrant);
    return calls;
  }

  /** Adapts the bound to what timing has cost in a run of so many nanoseconds, and costs just now. */
  look(elapsedNs: number): void {
    if (this.events % eventsALook !== 0) return;
    const spent = this.events * this.#eventNs;
    const allowed = elapsedNs * this.#share;
    const now = (eventsALook * this.#eventNs) / (elapsedNs - this.#lookedNs);
    this.#lookedNs = elapsedNs;
    if (this.#allOn) this.#allOn = spent <= 2 * allowed + graceNs;
    else if (spent > allowed + graceNs && now > this.#share) this.#setBound(2 * this.boundNs);
    else if (spent < allowed / 4) this.#setBound(this.boundNs / 2);
  }

  #setBound(ns: number): void {
    this.boundNs = Math.min(Math.max(ns, this.#least), this.#least * mostFactor);
  }
}
