import type { Frame, Profile } from "./model.ts";

/** One function in one profile, with all frames that are its lines. */
interface NamedFunction {
  readonly frame: Frame;
  readonly frames: readonly number[];
}

/** Which function before is which after: their frames get common numbers. */
export interface PairedFunctions {
  /** The function's frame after, or before where it is gone. */
  readonly frames: readonly Frame[];
  /** Whether the function is in the profile before, and after. */
  readonly known: readonly { readonly before: boolean; readonly after: boolean }[];
  /** For each frame before, and after, the number of its function. */
  readonly before: Int32Array;
  readonly after: Int32Array;
}

/**
 * Pairs the functions of two builds: by the name in the module, then by the name shown (Rust's hashes differ
 * from build to build). Function indices shift, so that they only bring functions of one name into order, and
 * are taken as they are when the module is the same. What was inlined is added to the function that it is
 * a copy of: a compiler that inlines more has not made anything new.
 */
export function pairFunctions(before: Profile, after: Profile): PairedFunctions {
  const left = namedFunctions(before.frames);
  const right = namedFunctions(after.frames);
  const pairs: [left: NamedFunction | undefined, right: NamedFunction | undefined][] = [];
  const partner = new Map<NamedFunction, NamedFunction>();
  const taken = new Set<NamedFunction>();
  const pass = (keyOf: (frame: Frame) => string): void => {
    const open = groupBy(
      right.filter((other) => !taken.has(other)),
      keyOf,
    );
    for (const one of left) {
      if (partner.has(one)) continue;
      const other = open.get(keyOf(one.frame))?.shift();
      if (other === undefined) continue;
      partner.set(one, other);
      taken.add(other);
    }
  };
  if (isSameModule(before, after)) {
    pass((frame) => `${nameInModule(frame)} ${frame.funcIndex ?? ""}`);
  }
  pass(nameInModule);
  pass(shownName);
  for (const one of left) pairs.push([one, partner.get(one)]);
  for (const other of right) if (!taken.has(other)) pairs.push([undefined, other]);
  return number(pairs, before.frames.length, after.frames.length);
}

/** Says whether two profiles are of one module, as far as they say. */
export function isSameModule(before: Profile, after: Profile): boolean {
  return before.module.sha256 !== "" && before.module.sha256 === after.module.sha256;
}

function nameInModule(frame: Frame): string {
  return `${frame.host ? "host" : ""} ${frame.mangledName ?? frame.name}`;
}

function shownName(frame: Frame): string {
  return `${frame.host ? "host" : ""} ${frame.name}`;
}

/** Lists the functions of a profile, those of one name by their index. */
function namedFunctions(frames: readonly Frame[]): NamedFunction[] {
  const functions = new Map<string, { frame: Frame; frames: number[] }>();
  const inlined: number[] = [];
  const firstOfName = new Map<string, { frame: Frame; frames: number[] }>();
  const add = (key: string, frame: Frame, at: number): void => {
    const known = functions.get(key);
    if (known !== undefined) return void known.frames.push(at);
    const made = { frame, frames: [at] };
    functions.set(key, made);
    const name = nameInModule(frame);
    if (!firstOfName.has(name)) firstOfName.set(name, made);
  };
  frames.forEach((frame, at) => {
    if (frame.inlined) inlined.push(at);
    else add(`${nameInModule(frame)} ${frame.funcIndex ?? frame.file ?? ""}`, frame, at);
  });
  for (const at of inlined) {
    const frame = frames[at]!;
    const own = firstOfName.get(nameInModule(frame));
    if (own === undefined) add(`inlined ${nameInModule(frame)}`, frame, at);
    else own.frames.push(at);
  }
  return [...functions.values()].toSorted(
    (a, b) => (a.frame.funcIndex ?? 0) - (b.frame.funcIndex ?? 0),
  );
}

function groupBy<T extends { readonly frame: Frame }>(
  items: readonly T[],
  keyOf: (frame: Frame) => string,
): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item.frame);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

function number(
  pairs: readonly (readonly [NamedFunction | undefined, NamedFunction | undefined])[],
  framesBefore: number,
  framesAfter: number,
): PairedFunctions {
  const before = new Int32Array(framesBefore);
  const after = new Int32Array(framesAfter);
  pairs.forEach(([left, right], at) => {
    for (const frame of left?.frames ?? []) before[frame] = at;
    for (const frame of right?.frames ?? []) after[frame] = at;
  });
  return {
    frames: pairs.map(([left, right]) => (right ?? left)!.frame),
    known: pairs.map(([left, right]) => ({
      before: left !== undefined,
      after: right !== undefined,
    })),
    before,
    after,
  };
}
