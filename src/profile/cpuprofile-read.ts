import { ProfileBuilder } from "./builder.ts";
import type { Json } from "./json-access.ts";
import {
  member,
  number,
  numbers,
  optional,
  parseJsonObject,
  string,
  values,
} from "./json-access.ts";
import type { Frame, Profile } from "./model.ts";
import { readOrigin } from "./origin.ts";
import { ProfileError } from "./profile-error.ts";
import { placeV8Node, v8Parents, v8SampleTimes } from "./v8-nodes.ts";

/**
 * Reads a `.cpuprofile` of V8, Node or a browser; null when the file is none. Foreign files have two
 * value types: samples, and the time that they stand for, which weighs. Throws a `ProfileError` with
 * the place where the file breaks its own format.
 */
export function readCpuProfile(bytes: Uint8Array): Profile | null {
  const json: Json = { value: parseJsonObject(bytes), path: "cpuprofile" };
  if (!isCpuProfile(json.value)) return null;
  const origin = readOrigin(json);
  const nodes = new Map(
    values(member(json, "nodes"))
      .map(readNode)
      .map((node) => [node.id, node]),
  );
  const builder = new ProfileBuilder(
    origin ?? {
      module: { name: "", sha256: "" },
      mode: "imported",
      valueTypes: [
        { name: "samples", unit: "count" },
        { name: "time", unit: "microseconds" },
      ],
      primary: 1,
    },
  );
  const times = origin ? undefined : sampleTimes(json, nodes);
  const targets = placeNodes(nodes, builder, origin !== undefined);
  for (const { id, hits } of nodes.values()) {
    const target = targets.get(id)!;
    // The root is no function: what it has, nobody had.
    if (target !== -1) builder.addAll(target, times ? [hits, times.get(id) ?? 0] : [hits]);
  }
  return builder.build();
}

/** A node as it stands in the file. */
interface Node {
  readonly id: number;
  readonly callFrame: unknown;
  readonly hits: number;
  readonly children: readonly unknown[];
  readonly parent: number | undefined;
}

/** Not by `member`: there may be a million nodes. */
function readNode(value: unknown, index: number): Node {
  const node = value as Readonly<Record<string, unknown>>;
  const { id, callFrame, hitCount = 0, children = [], parent } = node;
  if (typeof id !== "number" || typeof hitCount !== "number" || !Array.isArray(children)) {
    throw new ProfileError(
      `cpuprofile.nodes[${index}]: id, hitCount or children are not as they must be`,
    );
  }
  return {
    id,
    callFrame,
    hits: hitCount,
    children,
    parent: typeof parent === "number" ? parent : undefined,
  };
}

/** Says whether a JSON value looks like a `.cpuprofile`. */
function isCpuProfile(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    "nodes" in value &&
    "startTime" in value &&
    "endTime" in value &&
    Array.isArray(value.nodes) &&
    value.nodes.every((node: unknown) => typeof node === "object" && node && "callFrame" in node)
  );
}

/** Returns the builder's node of each node, -1 for the root; parents may stand behind their children. */
function placeNodes(
  nodes: ReadonlyMap<number, Node>,
  builder: ProfileBuilder,
  ours: boolean,
): Map<number, number> {
  const parents = v8Parents(nodes.values());
  const targets = new Map<number, number>();
  const frames = new Map<string, number>();
  const frameOf = ({ id, callFrame }: Node): number => {
    const key = frameText(callFrame);
    const known = frames.get(key);
    if (known !== undefined) return known;
    const path = `cpuprofile.node ${id}.callFrame`;
    const frame = builder.frame(readFrame({ value: callFrame, path }, ours));
    frames.set(key, frame);
    return frame;
  };
  for (const start of nodes.keys()) {
    placeV8Node(start, parents, targets, (above, id) => {
      const node = nodes.get(id);
      if (node === undefined) throw new ProfileError(`cpuprofile.nodes: there is no node ${id}`);
      return above === undefined ? -1 : builder.child(above, frameOf(node));
    });
  }
  return targets;
}

/** There are many nodes and few frames: what was read once need not be read again. */
function frameText(callFrame: unknown): string {
  if (typeof callFrame !== "object" || callFrame === null) return "";
  return Object.values(callFrame).join("\u0000");
}

function readFrame(json: Json, ours: boolean): Frame {
  const name = string(member(json, "functionName"));
  const url = optional(member(json, "url"), string) ?? "";
  const line = (optional(member(json, "lineNumber"), number) ?? -1) + 1;
  const inWasm = url.startsWith("wasm://");
  const hasFile = url !== "" && !inWasm;
  const funcIndex = optional(member(json, "funcIndex"), number);
  return {
    name: name === "" && !ours ? "(anonymous)" : name,
    ...(hasFile && { file: url }),
    ...(hasFile && line > 0 && { line }),
    ...(funcIndex !== undefined && { funcIndex }),
    ...(!ours && !inWasm && { host: true }),
  };
}

function sampleTimes(json: Json, nodes: ReadonlyMap<number, Node>): Map<number, number> {
  const times = new Map<number, number>();
  const samples = optional(member(json, "samples"), numbers) ?? [];
  const durations = v8SampleTimes({
    samples,
    timeDeltas: optional(member(json, "timeDeltas"), numbers),
    startTime: number(member(json, "startTime")),
    endTime: number(member(json, "endTime")),
  });
  samples.forEach((id, index) => {
    if (!nodes.has(id))
      throw new ProfileError(`cpuprofile.samples[${index}]: there is no node ${id}`);
    times.set(id, (times.get(id) ?? 0) + durations[index]!);
  });
  return times;
}
