import { ProfileBuilder } from "./builder.ts";
import { isSameModule, pairFunctions } from "./diff-functions.ts";
import type { PairedFunctions } from "./diff-functions.ts";
import { pairLines } from "./diff-lines.ts";
import type { LineValue } from "./diff-lines.ts";
import type { Frame, Profile, ValueType } from "./model.ts";
import { ProfileError } from "./profile-error.ts";

/** What a function, or one of its lines, cost in two profiles. */
export interface Change {
  readonly before: number;
  readonly after: number;
  /** `after` minus `before`. */
  readonly change: number;
}

/** A function in two profiles, with its own ("self") values. */
export interface FunctionChange extends Change {
  /** The function's frame after, or before where it is gone. */
  readonly frame: Frame;
  /** How it is there: in both profiles, only after, or only before. */
  readonly presence: "both" | "new" | "gone";
  /** Calls, where both profiles counted them and they are not what is compared. */
  readonly calls?: Change;
}

/** A source line in two profiles. */
export interface LineChange extends Change {
  readonly frame: Frame;
  readonly file: string;
  /** The line's number before and after: lines above move it. */
  readonly lineBefore?: number;
  readonly lineAfter?: number;
}

/** What changed from one profile to another. */
export interface ProfileDiff {
  readonly modules: { readonly before: Profile["module"]; readonly after: Profile["module"] };
  readonly mode: Profile["mode"];
  /** What is compared. */
  readonly type: ValueType;
  readonly total: Change;
  /** All functions with a value, those that changed most first. */
  readonly functions: readonly FunctionChange[];
  /** All lines that changed, those that changed most first; empty when no lines are known. */
  readonly lines: readonly LineChange[];
  /**
   * All stacks of both profiles with three columns: the value before, after, and the larger of both, which
   * weighs, so that a picture leaves room for what is gone and for what is new.
   */
  readonly tree: Profile;
  readonly notes: readonly string[];
}

/**
 * Compares two profiles function by function and line by line, by their primary values. The profiles may be of
 * different builds: functions are found again by their names. Throws a `ProfileError` that names both when
 * modes or units differ.
 */
export function diffProfiles(before: Profile, after: Profile): ProfileDiff {
  const type = commonType(before, after);
  const paired = pairFunctions(before, after);
  const functions = functionChanges(before, after, paired);
  const total = changeOf(
    sum(before.selfValues[before.primary]!),
    sum(after.selfValues[after.primary]!),
  );
  return {
    modules: { before: before.module, after: after.module },
    mode: after.mode,
    type,
    total,
    functions: functions.filter((one) => one.before !== 0 || one.after !== 0).toSorted(byChange),
    lines: lineChanges(before, after, paired)
      .filter(({ change }) => change !== 0)
      .toSorted(byChange),
    tree: commonTree(before, after, paired, type),
    notes: notesOf(before, after, functions),
  };
}

/** Makes a change of two values. */
export function changeOf(before: number, after: number): Change {
  return { before, after, change: after - before };
}

function commonType(before: Profile, after: Profile): ValueType {
  refuseDifferent("modes", before.mode, after.mode);
  const [left, right] = [before, after].map(({ valueTypes, primary }) => valueTypes[primary]!);
  refuseDifferent("units", `${left!.name} (${left!.unit})`, `${right!.name} (${right!.unit})`);
  return right!;
}

function refuseDifferent(what: string, before: string, after: string): void {
  if (before === after) return;
  throw new ProfileError(
    `profiles of different ${what} cannot be compared: ${before} before, ${after} after`,
  );
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

function byChange(
  a: Change & { readonly frame: Frame },
  b: Change & { readonly frame: Frame },
): number {
  return (
    Math.abs(b.change) - Math.abs(a.change) ||
    b.after - a.after ||
    (a.frame.name < b.frame.name ? -1 : Number(a.frame.name > b.frame.name))
  );
}

/** Adds up a column by function. */
function sumByFunction(
  profile: Profile,
  functionOfFrame: Int32Array,
  count: number,
  column: number,
): Float64Array {
  const sums = new Float64Array(count);
  const { nodeFrames, selfValues } = profile;
  const values = selfValues[column]!;
  for (let node = 0; node < nodeFrames.length; node++) {
    sums[functionOfFrame[nodeFrames[node]!]!]! += values[node]!;
  }
  return sums;
}

function callsColumn({ valueTypes, primary }: Profile): number {
  return valueTypes.findIndex(({ name }, column) => name === "calls" && column !== primary);
}

function functionChanges(
  before: Profile,
  after: Profile,
  paired: PairedFunctions,
): FunctionChange[] {
  const count = paired.frames.length;
  const columns = (pick: (profile: Profile) => number): [Float64Array, Float64Array] => [
    sumByFunction(before, paired.before, count, pick(before)),
    sumByFunction(after, paired.after, count, pick(after)),
  ];
  const [left, right] = columns(({ primary }) => primary);
  const withCalls = callsColumn(before) !== -1 && callsColumn(after) !== -1;
  const calls = withCalls ? columns(callsColumn) : undefined;
  return paired.frames.map((frame, at) => {
    const known = paired.known[at]!;
    return {
      frame,
      presence: known.before && known.after ? "both" : known.after ? "new" : "gone",
      ...changeOf(left[at]!, right[at]!),
      ...(calls && { calls: changeOf(calls[0][at]!, calls[1][at]!) }),
    };
  });
}

/** Adds up the primary values of each function's lines, by file, in the order of the lines. */
function linesOf(
  profile: Profile,
  functionOfFrame: Int32Array,
): Map<string, { funcNumber: number; file: string; lines: LineValue[] }> {
  const { frames, nodeFrames, selfValues, primary } = profile;
  const values = new Float64Array(frames.length);
  for (let node = 0; node < nodeFrames.length; node++) {
    values[nodeFrames[node]!]! += selfValues[primary]![node]!;
  }
  const found = new Map<string, { funcNumber: number; file: string; sums: Map<number, number> }>();
  frames.forEach(({ file, line }, at) => {
    if (file === undefined || line === undefined || values[at] === 0) return;
    const funcNumber = functionOfFrame[at]!;
    const key = `${funcNumber} ${file}`;
    const entry = found.get(key) ?? { funcNumber, file, sums: new Map<number, number>() };
    entry.sums.set(line, (entry.sums.get(line) ?? 0) + values[at]!);
    found.set(key, entry);
  });
  return new Map(
    [...found].map(([key, { funcNumber, file, sums }]) => {
      const lines = [...sums].map(([line, value]) => ({ line, value }));
      return [key, { funcNumber, file, lines: lines.toSorted((a, b) => a.line - b.line) }];
    }),
  );
}

function lineChanges(before: Profile, after: Profile, paired: PairedFunctions): LineChange[] {
  const left = linesOf(before, paired.before);
  const right = linesOf(after, paired.after);
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((key) => {
    const { funcNumber, file } = (right.get(key) ?? left.get(key))!;
    const pairs = pairLines(left.get(key)?.lines ?? [], right.get(key)?.lines ?? []);
    return pairs.map(([one, other]) => ({
      frame: paired.frames[funcNumber]!,
      file,
      ...(one && { lineBefore: one.line }),
      ...(other && { lineAfter: other.line }),
      ...changeOf(one?.value ?? 0, other?.value ?? 0),
    }));
  });
}

function commonTree(
  before: Profile,
  after: Profile,
  paired: PairedFunctions,
  type: ValueType,
): Profile {
  const types = ["before", "after", "larger"].map((name) => ({ name, unit: type.unit }));
  const head = { module: after.module, mode: after.mode, primary: 2 };
  const builder = new ProfileBuilder({ ...head, valueTypes: types });
  // A number as index keeps functions of one name apart; the real index differs between the builds.
  const frames = paired.frames.map((frame, funcIndex) => {
    const { name, mangledName, host } = frame;
    return builder.frame({
      name,
      funcIndex,
      ...(mangledName !== undefined && { mangledName }),
      ...(host && { host }),
    });
  });
  const add = (profile: Profile, functionOfFrame: Int32Array, column: number): void => {
    const nodes = new Int32Array(profile.parents.length);
    profile.parents.forEach((parent, node) => {
      const frame = frames[functionOfFrame[profile.nodeFrames[node]!]!]!;
      nodes[node] = builder.child(parent === -1 ? -1 : nodes[parent]!, frame);
      builder.add(nodes[node], column, profile.selfValues[profile.primary]![node]!);
    });
  };
  add(before, paired.before, 0);
  add(after, paired.after, 1);
  const built = builder.build();
  const [left, right] = built.selfValues;
  const larger = left!.map((value, node) => Math.max(value, right![node]!));
  return Object.freeze({ ...built, selfValues: Object.freeze([left!, right!, larger]) });
}

function notesOf(before: Profile, after: Profile, functions: readonly FunctionChange[]): string[] {
  const unnamed = functions.filter(({ frame }) => /^func\[\d+\]$/.test(frame.name)).length;
  const same = isSameModule(before, after);
  return [
    moduleNote(before, after, same),
    ...(same || unnamed === 0
      ? []
      : [
          `Functions without a name (${unnamed}) are compared by index, which shifts between builds.`,
        ]),
    ...(isNoisy(after)
      ? [
          "Times and samples vary from run to run, so a change may be noise: give several profiles of each.",
        ]
      : []),
    ...before.notes.map((note) => `Before: ${note}`),
    ...after.notes.map((note) => `After: ${note}`),
  ];
}

/** Says whether the numbers differ between two runs of one program. */
export function isNoisy({ mode, valueTypes, primary }: Profile): boolean {
  return ["time", "sample", "host"].includes(mode) || valueTypes[primary]!.unit.endsWith("seconds");
}

function moduleNote(before: Profile, after: Profile, same: boolean): string {
  if (same) return `Both profiles are of the same module (${after.module.sha256.slice(0, 12)}).`;
  const [left, right] = [before, after].map(({ module }) => module.sha256.slice(0, 12));
  if (left === "" || right === "") return "The profiles do not say whether the module is the same.";
  return `The modules differ (${left} before, ${right} after): functions are matched by name.`;
}
