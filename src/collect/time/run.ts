import { instrumentForTime, readCounts, traceTimedBody } from "../../instrument/index.ts";
import type { TimeChoice, TimeOptions } from "../../instrument/index.ts";
import { prepareInNode, sampledStacks, startSampling } from "../../runtimes/index.ts";
import type { GuestEnd, NodeGuest, SampledStack } from "../../runtimes/index.ts";
import { decodeModule } from "../../wasm/index.ts";
import type { Module } from "../../wasm/index.ts";
import { functionFrames } from "../exact/function-names.ts";
import { OriginalPlaces } from "../exact/original-places.ts";
import { ProcessorClock, wallNs } from "./processor-clock.ts";
import { readWords } from "../exact/profile-run.ts";
import type { ProfileRun, ProfileRunOptions } from "../exact/profile-run.ts";
import { chooseByCounts } from "./calibrate.ts";
import type { CountedRun } from "./calibrate.ts";
import { measureTimeCost } from "./cost.ts";
import { lookInto } from "./look.ts";
import { chooseByLists } from "./lists.ts";
import type { TimeLists } from "./lists.ts";
import { timeProfile } from "./profile.ts";
import { TimeProfiler } from "./profiler.ts";
import { functionStacks } from "./stacks.ts";
import type { TimeTree } from "./core.ts";
import { typedInvoke } from "../exact/typed-invoke.ts";

/** What to time, and how. */
export interface TimeRunOptions
  extends Omit<ProfileRunOptions, "mode" | "memory" | "mostNodes" | "onOverheadRun">, TimeLists {
  /** The share of the run's time that measuring may take; the default is 0.03. */
  readonly budget?: number;
  /** Changes what is done with a function, instead of `only` and `skip`. */
  readonly choose?: (funcIndex: number, choice: TimeChoice) => TimeChoice;
  /** Gives nanoseconds; the default is a `ProcessorClock`. */
  readonly clock?: () => number;
  /** What the guest did in a run before: then the functions to time are picked by that. */
  readonly counted?: CountedRun;
  /** What timing a call costs; measured unless it is given. */
  readonly eventNs?: number;
  /** Whether V8's sampling profiler runs beside, for what is not timed; it does unless this is false. */
  readonly sampling?: boolean;
}

/** A finished run with its cost. */
export interface TimedProfileRun extends ProfileRun {
  /** Microseconds of CPU time from the start of the guest to its end, with all that measures. */
  readonly cpuUs: number;
}

/** What measuring may cost unless somebody says otherwise. */
export const defaultBudget = 0.03;
/** The part of the budget that timing calls may take; counting calls and sampling take the rest. */
const timingPart = 1 / 3;
/** The same where calls were counted in a run before. */
const timingPartWhenCounted = 2 / 3;
/** What a sample costs in microseconds of CPU time, V8's second thread among it: 50 to 100. */
const sampleUs = 100;
/** The part of the budget that sampling may take. */
const samplingPart = 1 / 3;

/**
 * Instruments a module, runs it in this process and times its calls with a clock, also up to a trap. Throws a
 * `DecodeError`, a `Refusal` or a `CannotRun` before the guest has started.
 */
export function timeRun(bytes: Uint8Array, options: TimeRunOptions): TimedProfileRun {
  return new TimedGuest(bytes, options).run();
}

class TimedGuest {
  readonly #bytes: Uint8Array;
  readonly #options: TimeRunOptions;
  readonly #module: Module;

  constructor(bytes: Uint8Array, options: TimeRunOptions) {
    this.#bytes = bytes;
    this.#options = options;
    this.#module = decodeModule(bytes);
  }

  run(): TimedProfileRun {
    const { onBody, invoke, guest, symbols, counted, budget = defaultBudget } = this.#options;
    const module = this.#module;
    const processor = new ProcessorClock();
    const { clock = processor.now } = this.#options;
    const share = budget * (counted === undefined ? timingPart : timingPartWhenCounted);
    const functions = module.functions.length;
    const given = this.#options.eventNs;
    const chosen = counted !== undefined;
    const profiler = new TimeProfiler({ functions, clock, eventNs: given ?? 100, share, chosen });
    const { eventNs, insideNs } =
      given === undefined
        ? measureTimeCost(profiler.core, functions, wallNs)
        : { eventNs: given, insideNs: 0 };
    profiler.core.clear(eventNs);
    const asked = this.#options.choose ?? chooseByLists(this.#options);
    const choose =
      counted === undefined ? asked : chooseByCounts(counted, { eventNs, share }, asked);
    const instrumentOptions: TimeOptions = {
      deferStart: true,
      ...(choose === undefined ? {} : { choose }),
      ...(onBody === undefined ? {} : { onBody }),
    };
    const timed = instrumentForTime(this.#bytes, instrumentOptions);
    profiler.watch(timed.switched);
    const ready = prepareInNode(
      timed.bytes,
      {
        ...guest,
        startExport: "wasmscope_start",
        ...(invoke === undefined ? {} : { invoke: typedInvoke(module, invoke) }),
      },
      hooksOf(module, profiler, processor),
    );
    const intervalUs = Math.max(500, Math.round(sampleUs / (budget * samplingPart)));
    const sampling = this.#options.sampling === false ? undefined : startSampling(intervalUs);
    const cpuBefore = process.cpuUsage();
    const samples: SampledStack[] = [];
    const lostBefore = processor.lostNs;
    const places = new OriginalPlaces(module, timed.bytes, (defined) =>
      traceTimedBody(this.#bytes, instrumentOptions, defined),
    );
    const finish = (end: GuestEnd, extra: readonly string[]): TimedProfileRun => {
      const { user, system } = process.cpuUsage(cpuBefore);
      const frameOf = functionFrames(module, symbols);
      const lost = "frames" in end ? places.lost(end.frames) : [];
      const calls = this.#calls(profiler, timed.choices, ready, lost);
      const timedCalls = timedCallsOf(profiler.tree, calls.length);
      const stacks = functionStacks(
        samples,
        decodeModule(timed.bytes),
        module,
        (func) => timedCalls[func]! >= 0.9 * calls[func]!,
      );
      const hits = stacks.reduce((sum, stack) => sum + stack.hits, 0);
      const notes = [
        ...extra,
        ...this.#estimateNotes(timedCalls, calls, hits),
        ...lostNotes(processor.lostNs - lostBefore),
      ];
      const run = {
        importedFunctions: module.importedFunctions,
        tree: profiler.tree,
        calls,
        meanOwn: (func: number) => Math.max(0, profiler.core.meanOwn(func) - insideNs),
        stacks,
      };
      return {
        profile: timeProfile(run, this.#options.module, frameOf, notes),
        cpuUs: user + system,
        end,
        stack: lost.map(({ funcIndex, offset }) => ({ ...frameOf(funcIndex), offset })),
        growth: { before: this.#bytes.length, after: timed.bytes.length },
      };
    };
    this.#options.onStart?.(
      lookInto({ guest: ready, profiler, sampling: () => sampling, samples, places }, finish),
    );
    profiler.begin();
    const end = ready.run();
    profiler.end();
    if (sampling !== undefined) samples.push(...sampledStacks(sampling.stop()));
    this.#options.onEnd?.();
    return finish(end, end.kind === "trap" ? [`The guest trapped: ${end.message}.`] : []);
  }

  /** Gets the calls of all functions; those that a trap prevented are taken back, as in mode `calls`. */
  #calls(
    profiler: TimeProfiler,
    choices: readonly TimeChoice[],
    { exports }: NodeGuest,
    lost: Parameters<typeof readCounts>[3],
  ): Float64Array {
    const { importedFunctions } = this.#module;
    const counted = profiler.calls(readWords(exports));
    const words = counted.subarray(importedFunctions);
    const calls = counted.slice();
    for (const { funcIndex, calls: exact } of readCounts(this.#bytes, "calls", words, lost)
      .functions) {
      calls[funcIndex] = exact ?? 0;
    }
    // A function that is left as it is has been called as often as before.
    for (const [funcIndex, before] of this.#options.counted?.functions ?? []) {
      if (choices[funcIndex - importedFunctions] === "none") calls[funcIndex] = before;
    }
    return calls;
  }

  #estimateNotes(timed: Float64Array, calls: Float64Array, hits: number): string[] {
    const { counted } = this.#options;
    let estimated = 0;
    for (const [func, all] of calls.entries()) if (all > 0 && timed[func]! < 0.9 * all) estimated++;
    if (estimated === 0) return [];
    const how =
      hits > 0
        ? `from ${hits} samples of the stack within the time measured around them`
        : "from the mean of those calls that were timed";
    return [
      `≈ marks ${estimated} functions whose calls are too short to be timed each: all calls are ` +
        `counted${counted === undefined ? "" : " in a run before"}, their time is estimated ${how}.`,
    ];
  }
}

/** Counts the timed calls of each function. */
function timedCallsOf({ count, functions, calls }: TimeTree, length: number): Float64Array {
  const timed = new Float64Array(length);
  for (let node = 1; node < count; node++) timed[functions[node]!]! += calls[node]!;
  return timed;
}

function lostNotes(lostNs: number): string[] {
  if (lostNs < 1e6) return [];
  const ms = Math.round(lostNs / 1e6);
  return [`For ${ms} ms other processes had the processor: that time is left out.`];
}

/** Times the calls of WASI as those of the guest; before `proc_exit` everything ends. */
function hooksOf(
  module: Module,
  profiler: TimeProfiler,
  processor: ProcessorClock,
): Parameters<typeof prepareInNode>[2] {
  const names = module.imports.filter(({ kind }) => kind === "func").map(({ name }) => name);
  return {
    imports: profiler.imports,
    wrapImport(name, run) {
      const func = names.indexOf(name);
      if (name === "proc_exit") {
        return (...args) => {
          if (func >= 0) profiler.count(func);
          profiler.end();
          return run(...args);
        };
      }
      return func < 0 ? run : profiler.wrap(func, processor.waiting(run));
    },
  };
}
