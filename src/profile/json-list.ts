import type { TextSink } from "./text-sink.ts";

/** Writes a JSON array of any length: one string of all of it could be longer than strings get. */
export function writeList(out: TextSink, items: ArrayLike<unknown>): void {
  out.text("[");
  for (let index = 0; index < items.length; index++) {
    const item = items[index];
    const text = typeof item === "number" ? `${item}` : JSON.stringify(item);
    out.text(index === 0 ? text : `,${text}`);
  }
  out.text("]");
}

/** Writes an object of arrays of equal length with that length, as the tables of Firefox's profiler are. */
export function writeTable(
  out: TextSink,
  columns: Readonly<Record<string, ArrayLike<unknown>>>,
  more: Readonly<Record<string, unknown>> = {},
): void {
  const [first] = Object.values(columns);
  out.text(JSON.stringify({ length: first?.length ?? 0, ...more }).slice(0, -1));
  for (const [key, items] of Object.entries(columns)) {
    out.text(`,\n${JSON.stringify(key)}:`);
    writeList(out, items);
  }
  out.text("}");
}
