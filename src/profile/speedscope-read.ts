import { ProfileBuilder } from "./builder.ts";
import type { Json } from "./json-access.ts";
import {
  items,
  member,
  number,
  numbers,
  oneOf,
  optional,
  parseJsonObject,
  string,
  values,
} from "./json-access.ts";
import type { Frame, Profile, ValueType } from "./model.ts";
import { ProfileError } from "./profile-error.ts";

const UNITS = ["none", "nanoseconds", "microseconds", "milliseconds", "seconds", "bytes"] as const;

/**
 * Reads a speedscope file, sampled or evented; null when it is none. Each of its profiles becomes a
 * value type. Throws a `ProfileError` with the place in the file where it breaks its own format.
 */
export function readSpeedscope(bytes: Uint8Array): Profile | null {
  const json: Json = { value: parseJsonObject(bytes), path: "speedscope" };
  if (!isSpeedscope(json.value)) return null;
  const name = optional(member(json, "name"), string) ?? "";
  const profiles = items(member(json, "profiles"));
  const builder = new ProfileBuilder({
    module: { name, sha256: "" },
    mode: "imported",
    valueTypes: profiles.map((profile) => valueType(profile, name)),
    primary: optional(member(json, "activeProfileIndex"), number) ?? 0,
  });
  const frames = items(member(member(json, "shared"), "frames")).map((frame) =>
    builder.frame(readFrame(frame)),
  );
  profiles.forEach((profile, column) => {
    const type = oneOf(member(profile, "type"), ["sampled", "evented"]);
    const read = type === "sampled" ? readSampled : readEvented;
    read(profile, { builder, frames, column });
  });
  return builder.build();
}

function isSpeedscope(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if ("$schema" in value) return String(value.$schema).includes("speedscope");
  return "shared" in value && "profiles" in value;
}

function valueType(profile: Json, moduleName: string): ValueType {
  const name = string(member(profile, "name"));
  const unit = oneOf(member(profile, "unit"), UNITS);
  const prefix = `${moduleName}: `;
  return {
    name: moduleName !== "" && name.startsWith(prefix) ? name.slice(prefix.length) : name,
    unit: unit === "none" ? "count" : unit,
  };
}

function readFrame(frame: Json): Frame {
  const file = optional(member(frame, "file"), string);
  const line = optional(member(frame, "line"), number);
  return {
    name: string(member(frame, "name")),
    ...(file !== undefined && { file }),
    ...(line !== undefined && { line }),
  };
}

/** Where the weights of one of the file's profiles go. */
interface Target {
  readonly builder: ProfileBuilder;
  /** For each frame of the file the builder's. */
  readonly frames: readonly number[];
  readonly column: number;
}

function noFrame(path: string, frame: number): never {
  throw new ProfileError(`${path}: no frame ${frame} in shared.frames`);
}

function readSampled(profile: Json, { builder, frames, column }: Target): void {
  const weights = numbers(member(profile, "weights"));
  const samples = values(member(profile, "samples"));
  if (samples.length !== weights.length) {
    throw new ProfileError(
      `${profile.path}: ${samples.length} samples, but ${weights.length} weights`,
    );
  }
  samples.forEach((value, index) => {
    const path = `${profile.path}.samples[${index}]`;
    const stack = numbers({ value, path }).map((frame) => frames[frame] ?? noFrame(path, frame));
    // A sample without frames is idle time: there is no node to book it on.
    if (stack.length > 0) builder.add(builder.stack(stack), column, weights[index]!);
  });
}

function readEvented(profile: Json, { builder, frames, column }: Target): void {
  const stack: { node: number; frame: number }[] = [];
  let last = number(member(profile, "startValue"));
  for (const event of items(member(profile, "events"))) {
    const at = number(member(event, "at"));
    const frame = number(member(event, "frame"));
    if (at < last) throw new ProfileError(`${event.path}: at ${at} comes after ${last}`);
    const top = stack.at(-1);
    if (top) builder.add(top.node, column, at - last);
    last = at;
    if (oneOf(member(event, "type"), ["O", "C"]) === "O") {
      const index = frames[frame] ?? noFrame(event.path, frame);
      stack.push({ node: builder.child(top?.node ?? -1, index), frame });
    } else if (stack.pop()?.frame !== frame) {
      throw new ProfileError(`${event.path}: closes frame ${frame}, which is not the innermost`);
    }
  }
  if (stack.length > 0) throw new ProfileError(`${profile.path}: ${stack.length} frames stay open`);
}
