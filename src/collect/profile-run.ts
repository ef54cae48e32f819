import { exportNames, instrument, readCounts, traceBody } from "../instrument/index.ts";
import type { ExactMode, InstrumentOptions, LostActivation, Words } from "../instrument/index.ts";
import type { Frame, Profile } from "../profile/index.ts";
import { CannotRun, prepareInNode } from "../runtimes/index.ts";
import type { GuestEnd, GuestOptions, TrapFrame } from "../runtimes/index.ts";
import { Cursor } from "../bytes/index.ts";
import { decodeModule, valueTypeNames } from "../wasm/index.ts";
import type { Module } from "../wasm/index.ts";
import type { Interval } from "../stats/index.ts";
import type { DebugInfo } from "../symbols/index.ts";
import { functionFrames } from "./function-names.ts";
import { lineProfile, sourceFrames } from "./line-profile.ts";
import { measureOverhead, overheadPairs } from "./overhead.ts";
import { toProfile } from "./to-profile.ts";

/** What to run and how to look at it. */
export interface ProfileRunOptions {
  readonly mode: ExactMode;
  readonly memory: "region" | "second";
  readonly module: Profile["module"];
  readonly guest: Omit<GuestOptions, "invoke">;
  /** An exported function to call instead of `_start`, with arguments as text. */
  readonly invoke?: { readonly name: string; readonly args: readonly string[] };
  /** Names of functions from outside the module. */
  readonly symbols?: ReadonlyMap<number, string>;
  readonly mostNodes?: number;
  /** Opens the module's debug data; asked only when lines are wanted or the guest trapped. */
  readonly debugInfo?: () => DebugInfo | undefined;
  /** Books the instructions of counted blocks on source lines; needs a mode that counts blocks. */
  readonly lines?: boolean;
  /** Runs the guest ten times more and notes what the instrumentation costs; told after each run. */
  readonly onOverheadRun?: (done: number, total: number) => void;
  /** Told after each instrumented function body. */
  readonly onBody?: (done: number, total: number) => void;
}

/** A finished run. */
export interface ProfileRun {
  /** With lines and without a tree, its frames are lines. */
  readonly profile: Profile;
  /** The same run by source line, where that was asked for and debug data is there. */
  readonly lines?: Profile;
  readonly end: GuestEnd;
  /** The guest's stack at a trap, the innermost first, in terms of the original module. */
  readonly stack: readonly (Frame & { readonly offset: number })[];
  /** Sizes in bytes. */
  readonly growth: { readonly before: number; readonly after: number };
}

/**
 * Instruments a module, runs it in this process and reads its counts, also after a trap. Throws a
 * `DecodeError`, a `Refusal` or a `CannotRun` before the guest has started.
 */
export async function profileRun(
  bytes: Uint8Array,
  options: ProfileRunOptions,
): Promise<ProfileRun> {
  const { mode, memory, mostNodes, onBody, symbols } = options;
  const module = decodeModule(bytes);
  const invoke = options.invoke && typedInvoke(module, options.invoke);
  const instrumentOptions: InstrumentOptions = {
    mode,
    memory,
    sink: "export",
    // A guest that traps or exits in its start section has counts, too.
    deferStart: true,
    ...(mostNodes === undefined ? {} : { mostNodes }),
  };
  const instrumented = instrument(bytes, {
    ...instrumentOptions,
    ...(onBody === undefined ? {} : { onBody }),
  });
  const given = {
    ...options.guest,
    startExport: exportNames.start,
    ...(invoke === undefined ? {} : { invoke }),
  };
  const guest = prepareInNode(instrumented.bytes, given);
  const end = guest.run();
  const lost =
    end.kind === "trap"
      ? originalFrames(module, instrumented.bytes, instrumentOptions, end.frames)
      : [];
  const counts = readCounts(bytes, mode, readWords(guest.exports), lost);
  const frameOf = functionFrames(module, symbols);
  const notes = [...instrumented.notes];
  if (end.kind === "trap") notes.push(`The guest trapped: ${end.message}.`);
  if (options.onOverheadRun !== undefined) {
    const { onOverheadRun } = options;
    const cost = await measureOverhead(bytes, instrumented.bytes, given, onOverheadRun);
    notes.push(overheadNote(cost));
  }
  const debug = options.lines === true || lost.length > 0 ? options.debugInfo?.() : undefined;
  const counted = toProfile(counts, options.module, frameOf, notes);
  const lines =
    options.lines === true && debug !== undefined
      ? lineProfile(bytes, counted, debug, frameOf)
      : undefined;
  return {
    profile: lines === undefined || counted.mode === "tree" ? counted : lines,
    ...(lines === undefined ? {} : { lines }),
    end,
    stack: lost.flatMap(({ funcIndex, offset }) =>
      sourceFrames(frameOf(funcIndex), debug?.framesAt(offset) ?? []).map((frame) => ({
        ...frame,
        offset,
      })),
    ),
    growth: { before: bytes.length, after: instrumented.bytes.length },
  };
}

function overheadNote({ estimate, low, high }: Interval): string {
  const [ratio, from, to] = [estimate, low, high].map((value) => value.toFixed(2));
  return (
    `Measured cost: ${ratio}x the CPU time of the plain module ` +
    `(median of ${overheadPairs} pairs, 95 % interval ${from} to ${to}).`
  );
}

/** Reads the words of a raw profile through the exports of an instance. */
export function readWords(exports: WebAssembly.Exports): Words {
  const count = (exports[exportNames.count] as () => number)();
  const word = exports[exportNames.word] as (at: number) => bigint;
  const words = new Float64Array(count);
  for (let at = 0; at < count; at++) words[at] = Number(word(at));
  return words;
}

/** Turns text into arguments of the types that the function takes. Throws a `CannotRun`. */
export function typedInvoke(
  module: Module,
  { name, args }: NonNullable<ProfileRunOptions["invoke"]>,
): NonNullable<GuestOptions["invoke"]> {
  const functions = module.exports.filter(({ kind }) => kind === "func");
  const target = functions.find((entry) => entry.name === name);
  if (target === undefined) {
    const names = functions.map((entry) => entry.name).join(", ");
    throw new CannotRun(`no function ${name} is exported; there are: ${names}`);
  }
  const type = module.types[module.functions[target.index]!];
  const wanted = type?.kind === "func" ? valueTypeNames(new Cursor(type.params)) : [];
  if (wanted.length !== args.length) {
    throw new CannotRun(
      `${name} takes ${wanted.length} arguments (${wanted.join(", ")}), ${args.length} are given`,
    );
  }
  return { name, args: args.map((text, at) => parseArgument(text, wanted[at]!)) };
}

function parseArgument(text: string, type: string): number | bigint {
  try {
    if (type === "i64") return BigInt(text);
  } catch {
    throw new CannotRun(`${text} is no i64`);
  }
  const value = Number(text);
  if (!["i32", "f32", "f64"].includes(type)) {
    throw new CannotRun(`an argument of type ${type} cannot be given on the command line`);
  }
  if (text.trim() === "" || (Number.isNaN(value) && text !== "nan")) {
    throw new CannotRun(`${text} is no ${type}`);
  }
  return value;
}

/**
 * Finds the original places of the frames of a trap. Frames of functions that the instrumentation added are
 * left out, and so is one that overflowed the stack on entry, before it was counted.
 */
export function originalFrames(
  module: Module,
  instrumented: Uint8Array,
  options: InstrumentOptions,
  frames: readonly TrapFrame[],
): LostActivation[] {
  const { bodies, importedFunctions } = decodeModule(instrumented);
  const traces = new Map<number, ReturnType<typeof traceBody>>();
  const lost: LostActivation[] = [];
  for (const { funcIndex, offset } of frames) {
    const defined = funcIndex - importedFunctions;
    if (defined < 0 || defined >= module.bodies.start.length) continue;
    if (!traces.has(defined)) traces.set(defined, traceBody(module.bytes, options, defined));
    const inBody = offset - bodies.start[defined]!;
    const piece = traces
      .get(defined)!
      .findLast(({ to, length }) => to <= inBody && inBody < to + length);
    if (piece === undefined) continue;
    lost.push({
      funcIndex: module.importedFunctions + defined,
      offset: piece.from + inBody - piece.to,
    });
  }
  return lost;
}
