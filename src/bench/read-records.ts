import type { BenchRecord, FailureRecord, FindingRecord, MachineRecord } from "./record.ts";

/** A line of a file of records. */
export type RecordLine = BenchRecord | FailureRecord | FindingRecord | MachineRecord;

/** Says that a file of records has a line that is none. */
export class RecordError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "RecordError";
  }
}

const schemas: readonly RecordLine["schema"][] = [
  "wasmscope-bench-1",
  "wasmscope-bench-failure-1",
  "wasmscope-finding-1",
  "wasmscope-machine-1",
];

/** Reads lines of JSON. Throws a `RecordError` that names the line; a last line that was cut off is left out. */
export function readRecords(text: string, path: string): RecordLine[] {
  const lines = text.split("\n");
  return lines.flatMap((line, nth) => {
    if (line.trim() === "") return [];
    // Nothing stands behind the end of a file that was written to its end.
    const isCut = nth === lines.length - 1;
    const record = parse(line);
    if (record === undefined && isCut) return [];
    if (record === undefined) throw new RecordError(`${path}: line ${nth + 1} is no JSON`);
    if (!schemas.some((schema) => schema === record.schema)) {
      const found = JSON.stringify(record.schema) ?? "none";
      throw new RecordError(
        `${path}: line ${nth + 1} is no record of a measurement: its schema is ${found}`,
      );
    }
    return [record];
  });
}

function parse(line: string): RecordLine | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as RecordLine) : undefined;
  } catch {
    return undefined;
  }
}
