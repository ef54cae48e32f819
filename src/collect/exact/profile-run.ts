import { exportNames, instrument, readCounts, traceBody } from "../../instrument/index.ts";
import type { ExactMode, InstrumentOptions, Words } from "../../instrument/index.ts";
import type { Frame, Profile } from "../../profile/index.ts";
import { prepareInNode } from "../../runtimes/index.ts";
import type { GuestEnd, GuestOptions, NodeGuest, StopReason } from "../../runtimes/index.ts";
import { decodeModule } from "../../wasm/index.ts";
import type { Interval } from "../../stats/index.ts";
import { functionFrames } from "./function-names.ts";
import { OriginalPlaces } from "./original-places.ts";
import { measureOverhead, overheadPairs } from "./overhead.ts";
import { toProfile } from "./to-profile.ts";
import { typedInvoke } from "./typed-invoke.ts";

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
  /** Runs the guest ten times more and notes what the instrumentation costs; told after each run. */
  readonly onOverheadRun?: (done: number, total: number) => void;
  /** Told after each instrumented function body. */
  readonly onBody?: (done: number, total: number) => void;
  /** Told when the guest starts; what it is given is for interrupts, while the guest runs. */
  readonly onStart?: (running: RunningGuest) => void;
  /** Told when the guest has ended by itself. */
  readonly onEnd?: () => void;
}

/**
 * A guest that runs, looked at from an interrupt in its own thread: what is called stands on the guest's stack.
 * Where the counters are just being changed the answer is undefined: ask again a moment later.
 */
export interface RunningGuest {
  /** Says what was counted up to now. */
  snapshot(): Profile | undefined;
  /** Says what was counted up to now, as the end of the run: the guest must not go on. */
  stop(reason: StopReason, note: string): ProfileRun | undefined;
}

/** A finished run. */
export interface ProfileRun {
  readonly profile: Profile;
  readonly end: GuestEnd;
  /** The guest's stack at a trap or where it was stopped, the innermost first, in terms of the original module. */
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
  const finish = (end: GuestEnd, extra: readonly string[]): ProfileRun => {
    const lost = "frames" in end ? original.lost(end.frames) : [];
    const counts = readCounts(bytes, mode, readWords(guest.exports), lost);
    const notes = [...instrumented.notes, ...extra];
    return {
      profile: toProfile(counts, options.module, frameOf, notes),
      end,
      stack: lost.map(({ funcIndex, offset }) => ({ ...frameOf(funcIndex), offset })),
      growth: { before: bytes.length, after: instrumented.bytes.length },
    };
  };
  const original = new OriginalPlaces(module, instrumented.bytes, (defined) =>
    traceBody(bytes, instrumentOptions, defined),
  );
  const frameOf = functionFrames(module, symbols);
  options.onStart?.(lookInto(guest, original, finish));
  const end = guest.run();
  options.onEnd?.();
  const notes = end.kind === "trap" ? [`The guest trapped: ${end.message}.`] : [];
  if (options.onOverheadRun !== undefined) {
    const { onOverheadRun } = options;
    const cost = await measureOverhead(bytes, instrumented.bytes, given, onOverheadRun);
    notes.push(overheadNote(cost));
  }
  return finish(end, notes);
}

/** Reads the counts of a guest in the middle of its run, as if it ended where it stands. */
function lookInto(
  guest: NodeGuest,
  original: OriginalPlaces,
  finish: (end: GuestEnd, notes: readonly string[]) => ProfileRun,
): RunningGuest {
  const end = (reason: StopReason, note: readonly string[]): ProfileRun | undefined => {
    const frames = guest.stack();
    if (!original.isOriginal(frames[0])) return undefined;
    return finish({ kind: "stopped", reason, frames }, note);
  };
  return {
    snapshot: () => end("interrupt", [])?.profile,
    stop: (reason, note) => end(reason, [note]),
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
