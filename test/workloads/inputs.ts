import { readFileSync } from "node:fs";
import { inputFile } from "../../src/bench/inputs/index.ts";

const read = new Map<string, Buffer>();

/** Reads a generated input, which is made unless it is there. */
export function inputBytes(name: string): Buffer {
  const known = read.get(name);
  if (known !== undefined) return known;
  const bytes = readFileSync(inputFile(name));
  read.set(name, bytes);
  return bytes;
}
