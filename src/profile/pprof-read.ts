import { Cursor, DecodeError } from "../bytes/index.ts";
import { ProfileBuilder } from "./builder.ts";
import type { Frame, Profile, ValueType } from "./model.ts";
import { profileModes, valueUnits } from "./names.ts";
import { MODE_COMMENT } from "./pprof.ts";
import { FUNCTION, LINE, LOCATION, MAPPING, PROFILE, SAMPLE, VALUE_TYPE } from "./pprof-fields.ts";
import { ProfileError } from "./profile-error.ts";
import type { Message, Wanted } from "./protobuf.ts";
import { readMessage, textOf } from "./protobuf.ts";

const WANTED: Record<"profile" | "pair" | "mapping" | "location" | "function", Wanted> = {
  profile: {
    integers: [PROFILE.comment, PROFILE.defaultSampleType],
    messages: [
      PROFILE.sampleType,
      PROFILE.sample,
      PROFILE.mapping,
      PROFILE.location,
      PROFILE.function,
      PROFILE.stringTable,
    ],
  },
  // ValueType, Sample and Line: two integer fields each.
  pair: { integers: [1, 2], messages: [] },
  mapping: { integers: [MAPPING.filename, MAPPING.buildId], messages: [] },
  location: {
    integers: [LOCATION.id, LOCATION.mappingId, LOCATION.address],
    messages: [LOCATION.line],
  },
  function: {
    integers: [FUNCTION.id, FUNCTION.name, FUNCTION.systemName, FUNCTION.filename],
    messages: [],
  },
};

/**
 * Reads a pprof protobuf that was unzipped; null when it is none. Several lines of one location
 * become several frames. Throws a `DecodeError` or a `ProfileError` when it breaks its own format.
 */
export function readPprof(bytes: Uint8Array): Profile | null {
  const file = openPprof(bytes);
  if (file === null) return null;
  const strings = file.messages(PROFILE.stringTable).map(textOf);
  const string = (index: number): string => {
    return strings[index] ?? fail(`string ${index} of ${strings.length}`);
  };
  const comments = file.integers(PROFILE.comment).map(string);
  const mode = profileModes.find((known) => comments[0] === MODE_COMMENT + known);
  const valueTypes = file.messages(PROFILE.sampleType).map((cursor) => valueType(cursor, string));
  const primary = valueTypes.findIndex(
    ({ name }) => name === string(file.last(PROFILE.defaultSampleType)),
  );
  const [mapping] = file
    .messages(PROFILE.mapping)
    .map((cursor) => readMessage(cursor, WANTED.mapping));
  const builder = new ProfileBuilder({
    module: {
      name: string(mapping?.last(MAPPING.filename) ?? 0),
      sha256: string(mapping?.last(MAPPING.buildId) ?? 0),
    },
    mode: mode ?? "imported",
    valueTypes,
    // Without a default the last type counts: pprof's own rule.
    primary: primary === -1 ? valueTypes.length - 1 : primary,
    notes: mode === undefined ? comments : comments.slice(1),
  });
  const stacks = readLocations(file, { builder, string, ours: mode !== undefined });
  for (const cursor of file.messages(PROFILE.sample)) {
    addSample(builder, readMessage(cursor, WANTED.pair), stacks);
  }
  return builder.build();
}

function fail(missing: string): never {
  throw new ProfileError(`pprof: there is no ${missing}`);
}

/** Returns the outermost message, or null when the bytes do not look like a pprof file. */
function openPprof(bytes: Uint8Array): Message | null {
  try {
    const file = readMessage(new Cursor(bytes), WANTED.profile);
    const [first] = file.messages(PROFILE.stringTable);
    const isPprof = first?.done === true && file.messages(PROFILE.sampleType).length > 0;
    return isPprof ? file : null;
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

function valueType(cursor: Cursor, string: (index: number) => string): ValueType {
  const pair = readMessage(cursor, WANTED.pair);
  const unit = string(pair.last(VALUE_TYPE.unit));
  return {
    name: string(pair.last(VALUE_TYPE.type)),
    // Units are free text in pprof; one that is not known is counted.
    unit: valueUnits.find((known) => known === unit) ?? "count",
  };
}

interface Context {
  readonly builder: ProfileBuilder;
  readonly string: (index: number) => string;
  /** Whether addresses are function indices, as our own writer has it. */
  readonly ours: boolean;
}

/** Returns for each location its frames, the outermost first. */
function readLocations(file: Message, { builder, string, ours }: Context): Map<number, number[]> {
  const functions = new Map<number, Frame>();
  for (const cursor of file.messages(PROFILE.function)) {
    const message = readMessage(cursor, WANTED.function);
    const name = string(message.last(FUNCTION.name));
    const mangledName = string(message.last(FUNCTION.systemName));
    const filename = string(message.last(FUNCTION.filename));
    functions.set(message.last(FUNCTION.id), {
      name: name === "" ? mangledName : name,
      ...(mangledName !== "" && name !== "" && mangledName !== name && { mangledName }),
      ...(filename !== "" && { file: filename }),
    });
  }
  const locations = new Map<number, number[]>();
  for (const cursor of file.messages(PROFILE.location)) {
    const location = readMessage(cursor, WANTED.location);
    const address = location.last(LOCATION.address);
    const index =
      ours && location.last(LOCATION.mappingId) !== 0 ? { funcIndex: address } : undefined;
    const lines = location.messages(LOCATION.line);
    const frames = lines.map((content, at): Frame => {
      const message = readMessage(content, WANTED.pair);
      const id = message.last(LINE.functionId);
      const line = message.last(LINE.line);
      const frame = functions.get(id) ?? fail(`function ${id}`);
      return {
        ...frame,
        ...index,
        ...(line !== 0 && { line }),
        ...(at < lines.length - 1 && { inlined: true }),
      };
    });
    if (frames.length === 0) frames.push({ name: `0x${address.toString(16)}` });
    const indices = frames.toReversed().map((frame) => builder.frame(frame));
    locations.set(location.last(LOCATION.id), indices);
  }
  return locations;
}

function addSample(
  builder: ProfileBuilder,
  sample: Message,
  locations: ReadonlyMap<number, readonly number[]>,
): void {
  const stack: number[] = [];
  const ids = sample.integers(SAMPLE.locationId);
  for (let index = ids.length - 1; index >= 0; index--) {
    const frames = locations.get(ids[index]!) ?? fail(`location ${ids[index]}`);
    for (const frame of frames) stack.push(frame);
  }
  if (stack.length > 0) builder.addAll(builder.stack(stack), sample.integers(SAMPLE.value));
}
