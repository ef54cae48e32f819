import type { Frame, Profile } from "./model.ts";
import { groupDigits } from "./numbers.ts";
import { TextSink } from "./text-sink.ts";
import { timeScale } from "./timeline.ts";
import { subtreeValues } from "./totals.ts";
import { walk } from "./walk.ts";

/** Viewers of traces hold every event; those without one are part of their callers' slices. */
const SLICE_LIMIT = 200_000;

/**
 * Writes a trace for Perfetto and chrome://tracing: the tree as nested slices, children first and then
 * what the function spent itself. A slice as long as its value is one event; when there are too many,
 * the smallest are left out, which the process's name then says.
 */
export function writeTrace(profile: Profile): Uint8Array {
  const { parents, nodeFrames, frames, valueTypes, primary, module } = profile;
  const sums = subtreeValues(profile, primary);
  let total = 0;
  sums.forEach((sum, node) => {
    if (parents[node] === -1) total += sum;
  });
  const type = valueTypes[primary]!;
  const { perMicrosecond, legend } = timeScale(type, total);
  const drawn = drawnNodes(sums);
  const starts = startsOf(profile, sums, drawn.isDrawn);
  const title = [
    `${module.name === "" ? "wasm" : module.name}: ${type.name}`,
    ...(legend === undefined ? [] : [`(${legend})`]),
    ...(drawn.note === undefined ? [] : [`(${drawn.note})`]),
  ].join(" ");
  const out = new TextSink();
  out.text(`{"traceEvents":[\n`);
  out.text(
    JSON.stringify({ name: "process_name", ph: "M", ts: 0, pid: 1, tid: 1, args: { name: title } }),
  );
  const pieces = frames.map(describe);
  walk(parents, (node) => {
    if (!drawn.isDrawn(node)) return;
    const ts = starts.starts[node]! / perMicrosecond;
    const dur = sums[node]! / perMicrosecond;
    out.text(`,\n{"ph":"X","pid":1,"tid":1,"ts":${ts},"dur":${dur},${pieces[nodeFrames[node]!]}}`);
  });
  // Roots that are not drawn belong to nobody's slice.
  if (starts.missing > 0) {
    const rest = `"ts":${starts.end / perMicrosecond},"dur":${starts.missing / perMicrosecond}`;
    out.text(`,\n{"ph":"X","pid":1,"tid":1,${rest},"name":"(left out)","cat":"guest"}`);
  }
  const notes = [...(drawn.note === undefined ? [] : [drawn.note]), ...profile.notes];
  const otherData = {
    module: module.name,
    sha256: module.sha256,
    mode: profile.mode,
    legend,
    notes,
  };
  out.text(`\n],\n"displayTimeUnit":"ns","otherData":${JSON.stringify(otherData)}}\n`);
  return out.take();
}

interface Drawn {
  readonly isDrawn: (node: number) => boolean;
  readonly note: string | undefined;
}

/** A parent's value is never below its children's, so what is drawn is a tree. */
function drawnNodes(sums: Float64Array): Drawn {
  let nodes = 0;
  for (const sum of sums) if (sum > 0) nodes++;
  if (nodes <= SLICE_LIMIT) return { isDrawn: (node) => sums[node]! > 0, note: undefined };
  const bound = sums.toSorted()[sums.length - SLICE_LIMIT]!;
  let kept = 0;
  for (const sum of sums) if (sum > bound) kept++;
  const note = `${groupDigits(nodes - kept)} of ${groupDigits(nodes)} slices are left out: none is above ${groupDigits(bound)}`;
  return { isDrawn: (node) => sums[node]! > bound, note };
}

/** Where each drawn node starts, and the values of the roots that are not. */
function startsOf(
  { parents }: Profile,
  sums: Float64Array,
  isDrawn: (node: number) => boolean,
): { readonly starts: Float64Array; readonly end: number; readonly missing: number } {
  const starts = new Float64Array(parents.length);
  // For each node where its next child starts.
  const next = new Float64Array(parents.length);
  let end = 0;
  let missing = 0;
  for (let node = 0; node < parents.length; node++) {
    const parent = parents[node]!;
    if (!isDrawn(node)) {
      if (parent === -1) missing += sums[node]!;
      continue;
    }
    const start = parent === -1 ? end : next[parent]!;
    starts[node] = start;
    next[node] = start;
    if (parent === -1) end += sums[node]!;
    else next[parent]! += sums[node]!;
  }
  return { starts, end, missing };
}

function describe({ name, file, line, host, inlined }: Frame): string {
  const place = file === undefined ? undefined : line === undefined ? file : `${file}:${line}`;
  const args = {
    ...(place !== undefined && { file: place }),
    ...(inlined && { inlined: true }),
  };
  const fields = {
    name,
    cat: host ? "host" : "guest",
    ...(Object.keys(args).length > 0 && { args }),
  };
  return JSON.stringify(fields).slice(1, -1);
}
