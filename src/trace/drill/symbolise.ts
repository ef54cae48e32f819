import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { Elf, ElfError } from "../elf.ts";
import type { StackPlace } from "./perf-stacks.ts";

/** A function of a file, by where it is in it. */
interface FileFunction {
  readonly offset: number;
  readonly size: number;
  readonly name: string;
}

/** Names places by the symbol tables of the files that they are in, each of which is read once. */
export class Symboliser {
  readonly #files = new Map<string, readonly FileFunction[]>();

  /** Gives the name as it stands in the file, or in square brackets the file's, where that has no symbol there. */
  name({ file, offset }: StackPlace): string {
    const found = this.functionAt(file, offset);
    return found?.name ?? (file.startsWith("[") ? file : `[${file.split("/").at(-1)}]`);
  }

  /** Finds the function that has a place of a file; undefined when no symbol covers it. */
  functionAt(file: string, offset: number): FileFunction | undefined {
    const functions = this.#functionsOf(file);
    let [low, high] = [0, functions.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (functions[middle]!.offset <= offset) low = middle + 1;
      else high = middle;
    }
    const found = functions[low - 1];
    return found !== undefined && offset < found.offset + Math.max(found.size, 1)
      ? found
      : undefined;
  }

  #functionsOf(file: string): readonly FileFunction[] {
    const known = this.#files.get(file);
    if (known !== undefined) return known;
    const read = readFunctions(file);
    this.#files.set(file, read);
    return read;
  }
}

function readFunctions(file: string): FileFunction[] {
  if (!existsSync(file) || !statSync(file).isFile()) return [];
  const descriptor = openSync(file, "r");
  try {
    const elf = new Elf((offset, length) => {
      const bytes = new Uint8Array(length);
      return bytes.subarray(0, readSync(descriptor, bytes, 0, length, offset));
    });
    return elf
      .functions()
      .flatMap(({ name, address, size }) => {
        const offset = elf.offsetOf(address);
        return offset === undefined ? [] : [{ name, offset, size }];
      })
      .toSorted((a, b) => a.offset - b.offset);
  } catch (error) {
    if (error instanceof ElfError) return [];
    throw error;
  } finally {
    closeSync(descriptor);
  }
}
