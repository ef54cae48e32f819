/** How long the clock may run before it is compared with the processor's time, which takes a microsecond. */
const windowNs = 1e6;
/** Less is what reading two clocks one after the other makes. */
const leastLostNs = 1e5;

/**
 * A clock that stands still while the process has no processor: on a machine with other work to do, what a function
 * seems to take is otherwise mostly that work. It reads the process's own CPU time once a millisecond, so that a
 * pause is taken off where it happened. Time that a host function waits is kept.
 */
export class ProcessorClock {
  /** Nanoseconds that were left out. */
  lostNs = 0;
  readonly #wall: () => number;
  readonly #cpu: () => number;
  #wallThen: number;
  #cpuThen: number;

  /**
   * @param wall Gives nanoseconds of a clock.
   * @param cpu Gives nanoseconds of CPU time of the process, all threads together.
   */
  constructor(wall: () => number = wallNs, cpu: () => number = cpuNs) {
    this.#wall = wall;
    this.#cpu = cpu;
    this.#wallThen = wall();
    this.#cpuThen = cpu();
  }

  /** Gives nanoseconds. */
  readonly now = (): number => {
    const wall = this.#wall();
    const passed = wall - this.#wallThen;
    if (passed > windowNs) {
      const cpu = this.#cpu();
      const lost = passed - (cpu - this.#cpuThen);
      if (lost > leastLostNs) this.lostNs += lost;
      this.#wallThen = wall;
      this.#cpuThen = cpu;
    }
    return wall - this.lostNs;
  };

  /** Wraps a function that may wait: the time that it waits is not left out. */
  waiting<A extends readonly unknown[], R>(run: (...args: A) => R): (...args: A) => R {
    return (...args) => {
      const before = this.#wall();
      const result = run(...args);
      const after = this.#wall();
      if (after - before > windowNs) {
        this.#wallThen = after;
        this.#cpuThen = this.#cpu();
      }
      return result;
    };
  }
}

/** Gives nanoseconds of the process's clock. */
export function wallNs(): number {
  // Milliseconds with fractions: in Node they are fine to the nanosecond.
  return performance.now() * 1e6;
}

function cpuNs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}
