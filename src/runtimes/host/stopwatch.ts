import type { Span } from "./protocol.ts";

/** Gives the time of CLOCK_MONOTONIC in nanoseconds. */
export function nowNs(): number {
  return Number(process.hrtime.bigint());
}

/** Runs something and gives its result with the stretch of time that it took. */
export function timed<T>(run: () => T): readonly [T, Span] {
  const done = stopwatch();
  const value = run();
  return [value, done()];
}

/** Begins a stretch of time; what it gives ends it. */
export function stopwatch(): () => Span {
  const before = process.cpuUsage();
  const startNs = nowNs();
  return () => {
    const endNs = nowNs();
    const { user, system } = process.cpuUsage(before);
    return { startNs, endNs, cpuNs: (user + system) * 1000 };
  };
}
