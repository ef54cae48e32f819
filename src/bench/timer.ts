/** Measures the clock's resolution in nanoseconds: the smallest step between two readings that differ. */
export function timerResolutionNs(readings = 2000): number {
  let least = Number.POSITIVE_INFINITY;
  let before = process.hrtime.bigint();
  for (let i = 0; i < readings; i++) {
    const now = process.hrtime.bigint();
    if (now > before) least = Math.min(least, Number(now - before));
    before = now;
  }
  return Number.isFinite(least) ? least : 1;
}
