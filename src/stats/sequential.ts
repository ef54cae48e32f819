/** One look at what was measured so far. */
export interface Look {
  /** The level at which intervals may be made at this look. */
  readonly level: number;
  /** Share of the error that is spent, this look included. */
  readonly spent: number;
}

/**
 * Spends the chance of an error over several looks at growing data, so that intervals of all looks together hold with
 * the level asked for: who looks ten times at 99 % is wrong in more than one of a hundred. Of that chance as large a
 * share may be spent as of the budget is used (Lan and DeMets 1983, with the linear function), so the last look keeps
 * the most of it if none is made shortly before (`mayLook`).
 */
export class AlphaSpending {
  readonly #alpha: number;
  #spent = 0;

  /** Takes the level that shall hold over all looks, such as 0.99. */
  constructor(level: number) {
    this.#alpha = 1 - level;
  }

  /** Says at which level to look when `used` (0 to 1) of the budget is used. */
  look(used: number): Look {
    const share = Math.min(1, Math.max(0, used));
    const allowed = this.#alpha * share;
    const now = Math.max(0, allowed - this.#spent);
    this.#spent = Math.max(this.#spent, allowed);
    return { level: 1 - now, spent: this.#spent / this.#alpha };
  }
}

/** Says whether it is worth looking when `used` (0 to 1) of the budget is used, or better to wait for its end. */
export function mayLook(used: number): boolean {
  return used <= 0.6;
}

/** Says whether an interval of a ratio is as narrow as wanted: half of its width, relative, is at most `target`. */
export function narrowEnough(
  { low, high }: { readonly low: number; readonly high: number },
  target: number,
): boolean {
  return Math.sqrt(high / low) - 1 <= target;
}

/** Says after how many blocks to look again: half as many more, so that looks are few and none comes much too late. */
export function nextLook(blocks: number): number {
  return Math.max(blocks + 2, Math.ceil(blocks * 1.5));
}
