/** The signals that people end programs with. */
export type Signal = "SIGINT" | "SIGTERM";

/** A time limit and listeners for signals, until they are ended. A signal that comes again has its usual effect. */
export class Watch {
  #timer: NodeJS.Timeout | undefined;
  #handlers: (readonly [Signal, () => void])[] = [];

  timeout(ms: number, act: () => void): void {
    this.#timer = setTimeout(act, ms);
  }

  signals(act: (signal: Signal) => void): void {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      const handler = (): void => act(signal);
      this.#handlers.push([signal, handler]);
      process.once(signal, handler);
    }
  }

  end(): void {
    clearTimeout(this.#timer);
    for (const [signal, handler] of this.#handlers) process.removeListener(signal, handler);
    this.#handlers = [];
  }
}
