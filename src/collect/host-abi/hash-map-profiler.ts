import { hostAbi } from "../../instrument/index.ts";

/** What one stack has cost. */
interface StackRecord {
  calls: number;
  /** With everything below. */
  elapsed: number;
  entered: number;
}

/** The host's side of the ABI in the obvious design. */
export interface HashMapProfiler {
  readonly imports: WebAssembly.Imports;
  /** Own times by stack. */
  readonly selfTimes: () => Map<string, number>;
}

/**
 * Measures calls in the obvious design, to show what it does to the figures: a hash map with one record a stack, found
 * by the names on the stack joined to one text. Joining and looking up lie between the two readings of the clock,
 * and take the longer the deeper the stack is.
 *
 * @param spend Told how many characters are handled, for a simulated clock.
 */
export function hashMapProfiler(
  clock: () => number,
  nameOf: (funcIndex: number) => string,
  spend: (operations: number) => void = () => {},
): HashMapProfiler {
  const stack: string[] = [];
  const records = new Map<string, StackRecord>();
  const join = (): string => {
    const key = stack.join(";");
    // Each character is written once, and read twice by the map: to hash it and to compare it.
    spend(3 * key.length);
    return key;
  };
  return {
    imports: {
      [hostAbi.importModule]: {
        [hostAbi.start](funcIndex: number): void {
          const entered = clock();
          stack.push(nameOf(funcIndex));
          const key = join();
          let record = records.get(key);
          if (record === undefined) {
            record = { calls: 0, elapsed: 0, entered };
            records.set(key, record);
          }
          record.calls++;
          record.entered = entered;
        },
        [hostAbi.end](): void {
          const record = records.get(join())!;
          stack.pop();
          record.elapsed += clock() - record.entered;
        },
      },
    },
    selfTimes() {
      const self = new Map([...records].map(([key, { elapsed }]) => [key, elapsed]));
      for (const [key, { elapsed }] of records) {
        const caller = key.slice(0, Math.max(0, key.lastIndexOf(";")));
        if (self.has(caller)) self.set(caller, self.get(caller)! - elapsed);
      }
      return self;
    },
  };
}
