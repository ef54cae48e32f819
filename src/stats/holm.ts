/**
 * Corrects the chances of several tests so that the chance of even one false difference among them stays what is asked
 * of one (Holm 1979): a difference counts where the corrected chance lies below alpha. In the order given.
 */
export function holm(chances: readonly number[]): number[] {
  const corrected = chances.map(() => 1);
  let least = 0;
  const order = chances.map((p, i) => [p, i] as const).toSorted(([a], [b]) => a - b);
  for (const [rank, [p, i]] of order.entries()) {
    least = Math.max(least, Math.min(1, p * (chances.length - rank)));
    corrected[i] = least;
  }
  return corrected;
}
