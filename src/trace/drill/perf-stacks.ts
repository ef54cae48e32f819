/** A place on a sampled stack. */
export interface StackPlace {
  /** The file that it is in, or what perf calls it, such as `[unknown]`. */
  readonly file: string;
  /** Its offset in the file; an address where there is no file. */
  readonly offset: number;
}

/** A sampled stack, the innermost place first. */
export type SampledStack = readonly StackPlace[];

const place = /^\s+([0-9a-f]+) \((.*)\)$/;

/**
 * Reads what `perf script -F comm,pid,ip,dso` prints: a head line for each sample, its stack below, in which places of
 * files are given by their offset (since Linux 5.5's perf).
 */
export function* readPerfStacks(lines: Iterable<string>): Generator<SampledStack> {
  let stack: StackPlace[] = [];
  for (const line of lines) {
    const [, offset, file] = place.exec(line) ?? [];
    if (offset !== undefined) {
      stack.push({ file: file!, offset: Number.parseInt(offset, 16) });
      continue;
    }
    if (stack.length > 0) yield stack;
    stack = [];
  }
  if (stack.length > 0) yield stack;
}
