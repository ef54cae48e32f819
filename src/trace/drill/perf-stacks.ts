/** A place on a sampled stack, as perf prints it. */
export interface StackPlace {
  readonly address: number;
  /** The file it is in, or what perf calls it, such as `[unknown]`. */
  readonly file: string;
  /** Its offset in the file; undefined where the file's place in memory is not known. */
  readonly offset?: number;
}

/** A sampled stack, the innermost place first. */
export type SampledStack = readonly StackPlace[];

/** A part of a file in a process's memory. */
interface Mapping {
  readonly start: number;
  readonly end: number;
  readonly fileOffset: number;
  readonly file: string;
}

const mapped =
  /PERF_RECORD_MMAP2? (-?\d+)\/-?\d+: \[0x([0-9a-f]+)\(0x([0-9a-f]+)\) @ (?:0x)?([0-9a-f]+)[^\]]*\]: \S+ (.*)$/;
const place = /^\s+([0-9a-f]+) \((.*)\)$/;
const head = /^\S.*?\s(\d+)(?:\s|$)/;

/**
 * Reads what `perf script --show-mmap-events -F comm,pid,ip,dso` prints: a head line for each sample with its stack below, and
 * lines that say where files are in memory.
 */
export function* readPerfStacks(lines: Iterable<string>): Generator<SampledStack> {
  const mappings = new Map<number, Mapping[]>();
  let stack: StackPlace[] = [];
  let process = 0;
  for (const line of lines) {
    const [, pid, start, length, fileOffset, file] = mapped.exec(line) ?? [];
    if (pid !== undefined) {
      const from = Number.parseInt(start!, 16);
      const known = mappings.get(Number(pid)) ?? [];
      known.push({
        start: from,
        end: from + Number.parseInt(length!, 16),
        fileOffset: Number.parseInt(fileOffset!, 16),
        file: file!,
      });
      mappings.set(Number(pid), known);
      continue;
    }
    const [, address, inFile] = place.exec(line) ?? [];
    if (address !== undefined) {
      stack.push(locate(Number.parseInt(address, 16), inFile!, mappings.get(process) ?? []));
      continue;
    }
    if (stack.length > 0) yield stack;
    stack = [];
    process = Number(head.exec(line)?.[1] ?? process);
  }
  if (stack.length > 0) yield stack;
}

function locate(address: number, file: string, mappings: readonly Mapping[]): StackPlace {
  // The latest: what was mapped there before is gone.
  const mapping = mappings.findLast(({ start, end }) => address >= start && address < end);
  if (mapping === undefined) return { address, file };
  return { address, file: mapping.file, offset: address - mapping.start + mapping.fileOffset };
}
