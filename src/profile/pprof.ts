import { Sink } from "../bytes/index.ts";
import { integerColumn } from "./integers.ts";
import type { Frame, Profile } from "./model.ts";
import { PROFILE, FUNCTION, LINE, LOCATION, MAPPING, SAMPLE, VALUE_TYPE } from "./pprof-fields.ts";
import { pprofLocations } from "./pprof-locations.ts";
import type { Locations } from "./pprof-locations.ts";
import { eachStack } from "./stacks.ts";

/** Starts the comment that carries the mode; other comments are the profile's notes. */
export const MODE_COMMENT: string = "mode: ";

/**
 * Writes a pprof protobuf, not compressed: on disk the format wants gzip, which the caller adds (see
 * `Format.gzip`). The address of a location is the function's index in the module. There is no time
 * of recording, so that equal profiles give equal files.
 */
export function writePprof(profile: Profile): Uint8Array {
  const out = new Sink(2 ** 16);
  const strings = new Strings();
  const columns = profile.valueTypes.map((_, column) => integerColumn(profile, column));
  for (const { type } of columns) {
    message(out, PROFILE.sampleType, () => {
      field(out, VALUE_TYPE.type, strings.index(type.name));
      field(out, VALUE_TYPE.unit, strings.index(type.unit));
    });
  }
  const values = columns.map((column) => column.values);
  const places = pprofLocations(profile);
  writeSamples(out, places, values);
  writeMapping(out, profile, strings);
  writeLocations(out, profile.frames, places.locations, strings);
  for (const comment of [`${MODE_COMMENT}${profile.mode}`, ...profile.notes]) {
    // Not `field`, which leaves out zeros: an empty comment is a comment.
    tag(out, PROFILE.comment, 0);
    out.u32(strings.index(comment));
  }
  field(out, PROFILE.defaultSampleType, strings.index(profile.valueTypes[profile.primary]!.name));
  for (const text of strings.all) {
    tag(out, PROFILE.stringTable, 2);
    out.name(text);
  }
  return out.take();
}

class Strings {
  readonly #indices = new Map<string, number>([["", 0]]);

  index(text: string): number {
    let index = this.#indices.get(text);
    if (index === undefined) {
      index = this.#indices.size;
      this.#indices.set(text, index);
    }
    return index;
  }

  get all(): Iterable<string> {
    return this.#indices.keys();
  }
}

function tag(out: Sink, number: number, wireType: 0 | 2): void {
  out.u32(number * 8 + wireType);
}

function field(out: Sink, number: number, value: number): void {
  if (value === 0) return;
  tag(out, number, 0);
  int64(out, value);
}

/** A protobuf int64 is LEB128 of the two's complement: ten bytes when negative. */
function int64(out: Sink, value: number): void {
  if (value >= 0 && value <= Number.MAX_SAFE_INTEGER) out.u32(value);
  else out.u64(BigInt(value));
}

function message(out: Sink, number: number, write: () => void): void {
  tag(out, number, 2);
  out.sized(write);
}

function writeSamples(out: Sink, places: Locations, values: readonly Float64Array[]): void {
  const piece = new Sink();
  const pieces = places.locations.map((_, location) => {
    piece.clear();
    piece.u32(location + 1);
    return piece.take();
  });
  const wanted = (node: number): boolean => values.some((column) => column[node] !== 0);
  eachStack(places, { pieces, leafFirst: true, wanted }, (node, stack) => {
    message(out, PROFILE.sample, () => {
      tag(out, SAMPLE.locationId, 2);
      out.vector(stack);
      message(out, SAMPLE.value, () => {
        for (const column of values) int64(out, column[node]!);
      });
    });
  });
}

function writeMapping(out: Sink, { module, frames }: Profile, strings: Strings): void {
  const limit = frames.reduce((end, { funcIndex = -1 }) => Math.max(end, funcIndex + 1), 0);
  message(out, PROFILE.mapping, () => {
    field(out, MAPPING.id, 1);
    field(out, MAPPING.memoryLimit, limit);
    field(out, MAPPING.filename, strings.index(module.name));
    field(out, MAPPING.buildId, strings.index(module.sha256));
    field(out, MAPPING.hasFunctions, 1);
    field(out, MAPPING.hasFilenames, Number(frames.some(({ file }) => file !== undefined)));
    field(out, MAPPING.hasLineNumbers, Number(frames.some(({ line }) => line !== undefined)));
    field(out, MAPPING.hasInlineFrames, Number(frames.some(({ inlined }) => inlined)));
  });
}

function writeLocations(
  out: Sink,
  frames: readonly Frame[],
  locations: Locations["locations"],
  strings: Strings,
): void {
  const functionIds = new Map<string, number>();
  const functionOf = ({ name, mangledName = name, file = "", funcIndex }: Frame): number => {
    // Only a frame with a function index lies in the mapping: index 0 and none are both address 0.
    const key = JSON.stringify([name, mangledName, file, funcIndex]);
    const known = functionIds.get(key);
    if (known !== undefined) return known;
    const id = functionIds.size + 1;
    functionIds.set(key, id);
    message(out, PROFILE.function, () => {
      field(out, FUNCTION.id, id);
      field(out, FUNCTION.name, strings.index(name));
      field(out, FUNCTION.systemName, strings.index(mangledName));
      field(out, FUNCTION.filename, strings.index(file));
    });
    return id;
  };
  locations.forEach((chain, index) => {
    const { funcIndex } = frames[chain[0]!]!;
    const lines = chain.map((frame) => [functionOf(frames[frame]!), frames[frame]!.line ?? 0]);
    message(out, PROFILE.location, () => {
      field(out, LOCATION.id, index + 1);
      field(out, LOCATION.mappingId, funcIndex === undefined ? 0 : 1);
      field(out, LOCATION.address, funcIndex ?? 0);
      for (const [functionId, line] of lines.toReversed()) {
        message(out, LOCATION.line, () => {
          field(out, LINE.functionId, functionId!);
          field(out, LINE.line, line!);
        });
      }
    });
  });
}
