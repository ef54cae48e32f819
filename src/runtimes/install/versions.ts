/**
 * Chooses the newest of some versions that begins with `prefix`, by whole numbers: `17` fits 17.0.1, `0.2` does not
 * fit 0.28.0. Without a prefix every version fits.
 */
export function newestMatching(versions: readonly string[], prefix?: string): string | undefined {
  return versions
    .filter((version) => fits(version, prefix))
    .toSorted(compareVersions)
    .at(-1);
}

/** Says whether a version is, or begins with, what the user asks for. */
export function fits(version: string, prefix: string | undefined): boolean {
  return prefix === undefined || version === prefix || version.startsWith(`${prefix}.`);
}

/** Compares versions by their numbers; what is behind a number, as in `3.post1`, does not count. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbersOf(version: string): number[] {
  return version.split(".").map((part) => Number.parseInt(part, 10) || 0);
}
