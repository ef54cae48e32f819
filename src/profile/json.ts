import type { Frame, Profile } from "./model.ts";
import { isPlain, jsonKeys, rowKey } from "./json-shape.ts";
import { functionTotals, hasStacks, totalValues } from "./totals.ts";
import type { FunctionTotal } from "./totals.ts";
import { TextSink } from "./text-sink.ts";

/**
 * Writes the project's own JSON (docs/profile.schema.json), from which every field of a profile can
 * be read back: totals and functions for people and scripts, the tree where there are stacks.
 */
export function writeJson(profile: Profile): Uint8Array {
  const out = new TextSink();
  const keys = jsonKeys(profile.valueTypes);
  const valueTypes = profile.valueTypes.map((type, column) => ({ key: keys[column], ...type }));
  const totals = totalValues(profile);
  const head = {
    format: "wasmscope-profile",
    version: 1,
    module: profile.module,
    mode: profile.mode,
    unit: keys[profile.primary],
    valueTypes,
    totals: Object.fromEntries(keys.map((key, column) => [key, totals[column]])),
  };
  out.text("{\n");
  for (const [key, value] of Object.entries(head)) member(out, key, value);
  writeRows(out, "functions", sortedTotals(profile), functionRow(profile, keys));
  if (profile.blocks) {
    writeRows(out, "blocks", profile.blocks, ({ funcIndex, ...block }) => ({
      function: funcIndex,
      ...block,
    }));
  }
  if (!isPlain(profile)) writeTree(out, profile, keys);
  out.text(`"notes": ${JSON.stringify(profile.notes)}\n}\n`);
  return out.take();
}

function member(out: TextSink, key: string, value: unknown): void {
  out.text(`${JSON.stringify(key)}: ${JSON.stringify(value)},\n`);
}

/** A row a line, so that tools which compare lines show what changed. */
function writeRows<T>(
  out: TextSink,
  key: string,
  items: readonly T[],
  rowOf: (item: T) => unknown,
): void {
  out.text(`${JSON.stringify(key)}: [`);
  items.forEach((item, index) => {
    out.text(`${index === 0 ? "" : ","}\n  ${JSON.stringify(rowOf(item))}`);
  });
  out.text("\n],\n");
}

function frameFields(frame: Frame): object {
  const { name, mangledName, funcIndex, file, line, inlined, host, estimated } = frame;
  // `stringify` leaves out what is undefined.
  return { index: funcIndex, name, mangledName, file, line, inlined, host, estimated };
}

function sortedTotals(profile: Profile): FunctionTotal[] {
  const { primary } = profile;
  return functionTotals(profile).toSorted(
    (a, b) =>
      b.self[primary]! - a.self[primary]! ||
      (a.frame.funcIndex ?? Infinity) - (b.frame.funcIndex ?? Infinity) ||
      0,
  );
}

/** Makes the rows of functions, one at a time: there may be a million. */
function functionRow(profile: Profile, keys: readonly string[]): (of: FunctionTotal) => object {
  const withTotals = hasStacks(profile);
  const plain = isPlain(profile);
  return ({ frame, self, total }) => {
    const row: Record<string, number> = {};
    keys.forEach((key, column) => {
      row[rowKey("self", key)] = self[column]!;
      // How often something was called below a function is of no use to anyone.
      if (withTotals && key !== "calls") row[rowKey("total", key)] = total[column]!;
    });
    // A function of several frames has several lines.
    return { ...frameFields(frame), ...(!plain && { line: undefined }), ...row };
  };
}

function writeTree(out: TextSink, profile: Profile, keys: readonly string[]): void {
  out.text(`"tree": {\n"frames": [`);
  profile.frames.forEach((frame, index) => {
    out.text(`${index === 0 ? "" : ","}\n  ${JSON.stringify(frameFields(frame))}`);
  });
  out.text("\n],\n");
  writeNumbers(out, "parents", profile.parents);
  out.text(",\n");
  writeNumbers(out, "nodeFrames", profile.nodeFrames);
  keys.forEach((key, column) => {
    out.text(",\n");
    writeNumbers(out, rowKey("self", key), profile.selfValues[column]!);
  });
  out.text("\n},\n");
}

function writeNumbers(out: TextSink, key: string, values: Int32Array | Float64Array): void {
  out.text(`${JSON.stringify(key)}: [`);
  for (let index = 0; index < values.length; index++) {
    out.text(index === 0 ? `${values[index]}` : `,${values[index]}`);
  }
  out.text("]");
}
