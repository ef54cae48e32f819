import { statSync } from "node:fs";
import { inputFile, loadManifest } from "../../bench/workloads.ts";
import type { Io, Parsed } from "../command.ts";
import { UsageError } from "../command.ts";
import { progress } from "../progress.ts";

/** Makes what workloads read, all or those that are named, and says where it is. */
export function makeInputs(names: readonly string[], _parsed: Parsed, io: Io): number {
  const known = Object.keys(loadManifest().inputs);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`there is no input ${unknown}; there are ${known.join(", ")}`);
  }
  const wanted = names.length === 0 ? known : names;
  const tell = progress(io, "making inputs");
  const files = wanted.map((name, nth) => {
    const file = inputFile(name);
    tell(nth + 1, wanted.length);
    return file;
  });
  for (const file of files) io.stdout(`${file}: ${statSync(file).size} bytes\n`);
  return 0;
}
