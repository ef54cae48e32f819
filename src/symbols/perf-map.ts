/** Names of machine code by address. */
export interface PerfMap {
  /** Returns the name of the code at an address, undefined where there is none. */
  nameAt(address: bigint): string | undefined;
}

/**
 * Reads a map that engines write for Linux's `perf` (`/tmp/perf-PID.map`): lines of start and size in
 * hexadecimal digits, and a name. Code that was written over other code counts; lines that are
 * something else do not.
 */
export function parsePerfMap(text: string): PerfMap {
  const rows: { start: bigint; end: bigint; name: string }[] = [];
  for (const line of text.split("\n")) {
    const match = /^(?:0x)?([0-9a-f]+) (?:0x)?([0-9a-f]+) (.*?)\r?$/i.exec(line);
    if (match === null) continue;
    const start = BigInt(`0x${match[1]!}`);
    rows.push({ start, end: start + BigInt(`0x${match[2]!}`), name: match[3]! });
  }
  // The sort is stable: of two at one place, the later one stays behind the other, and is found.
  rows.sort((a, b) => (a.start < b.start ? -1 : Number(a.start > b.start)));
  return {
    nameAt: (address) => {
      let [low, high] = [0, rows.length];
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (rows[middle]!.start <= address) low = middle + 1;
        else high = middle;
      }
      const row = rows[low - 1];
      return row !== undefined && address < row.end ? row.name : undefined;
    },
  };
}
