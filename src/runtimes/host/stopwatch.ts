import type { Span } from "./protocol.ts";

/** Gives the time of CLOCK_MONOTONIC in nanoseconds. */
export function nowNs(): number {
  return Number(process.hrtime.bigint());
}

/**
 * Begins stretches of time that lie end to end: each call ends one and begins the next at the same moment, so that what
 * stands between phases, reading the clocks included, is in one of them.
 */
export function laps(): () => Span {
  let startNs = nowNs();
  let cpu = process.cpuUsage();
  return () => {
    const endNs = nowNs();
    const now = process.cpuUsage();
    const cpuNs = (now.user - cpu.user + now.system - cpu.system) * 1000;
    const span = { startNs, endNs, cpuNs };
    [startNs, cpu] = [endNs, now];
    return span;
  };
}
