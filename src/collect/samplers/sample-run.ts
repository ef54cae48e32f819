import type { Profile } from "../../profile/index.ts";
import { CannotRun, prepareInNode, startSampling } from "../../runtimes/index.ts";
import type { GuestEnd, GuestOptions, Sampling } from "../../runtimes/index.ts";
import { decodeModule } from "../../wasm/index.ts";
import { functionFrames } from "../exact/function-names.ts";
import type { ProfileRun, RunningGuest } from "../exact/profile-run.ts";
import { typedInvoke } from "../exact/typed-invoke.ts";
import { sampleNote } from "./sample-note.ts";
import type { SampleCircumstances } from "./sample-note.ts";
import { V8Samples } from "./v8-profile.ts";
import type { V8Profile } from "./v8-profile.ts";

/** What to run and how often to look at it. */
export interface SampleRunOptions {
  /** Samples a second. */
  readonly rateHz: number;
  readonly module: Profile["module"];
  readonly guest: Omit<GuestOptions, "invoke">;
  /** An exported function to call instead of `_start`, with arguments as text. */
  readonly invoke?: { readonly name: string; readonly args: readonly string[] };
  /** Names of functions from outside the module. */
  readonly symbols?: ReadonlyMap<number, string>;
  /** Told when the guest starts; what it is given is for interrupts, while the guest runs. */
  readonly onStart?: (running: RunningGuest) => void;
  /** Told when the guest has ended by itself. */
  readonly onEnd?: () => void;
}

/**
 * Runs a module as it is, in this thread, under V8's sampling profiler. Throws a `DecodeError` or a `CannotRun`
 * before the guest has started.
 */
export function sampleRun(bytes: Uint8Array, options: SampleRunOptions): ProfileRun {
  const { rateHz, symbols } = options;
  const module = decodeModule(bytes);
  const frameOf = functionFrames(module, symbols);
  const invoke = options.invoke && typedInvoke(module, options.invoke);
  const guest = prepareInNode(bytes, { ...options.guest, ...(invoke && { invoke }) });
  const sampler = new Sampler(rateHz, new V8Samples(module, options.module, frameOf));
  const finish = (end: GuestEnd, extra: readonly string[]): ProfileRun => {
    const notes = [sampleNote(sampler.circumstances()), ...extra];
    const frames = "frames" in end ? end.frames : [];
    return {
      profile: sampler.samples.build(notes),
      end,
      stack: frames.map(({ funcIndex, offset }) => ({ ...frameOf(funcIndex), offset })),
      growth: { before: bytes.length, after: bytes.length },
    };
  };
  options.onStart?.({
    snapshot: () => {
      const end: GuestEnd = { kind: "stopped", reason: "interrupt", frames: [] };
      sampler.look();
      return finish(end, []).profile;
    },
    stop: (reason, note) => {
      sampler.stop();
      return finish({ kind: "stopped", reason, frames: guest.stack() }, [note]);
    },
  });
  sampler.start();
  const end = guest.run();
  sampler.stop();
  options.onEnd?.();
  const notes = end.kind === "trap" ? [`The guest trapped: ${end.message}.`] : [];
  return finish(end, notes);
}

/** The samples of a run, with what they cost. */
class Sampler {
  readonly samples: V8Samples;
  readonly #rateHz: number;
  #sampling: Sampling | undefined;
  #startMs = 0;
  #wallMs = 0;
  #cpuMs = 0;
  #cpuAtStart: NodeJS.CpuUsage = { user: 0, system: 0 };

  constructor(rateHz: number, samples: V8Samples) {
    this.#rateHz = rateHz;
    this.samples = samples;
  }

  start(): void {
    this.#sampling = startSampling(Math.max(Math.round(1e6 / this.#rateHz), 1));
    if (this.#sampling === undefined)
      throw new CannotRun("this Node has no inspector to sample with");
    this.#startMs = performance.now();
    this.#cpuAtStart = process.cpuUsage();
  }

  stop(): void {
    this.#add(this.#sampling!.stop());
  }

  /** Takes in the samples since the last look, and goes on. */
  look(): void {
    this.#add(this.#sampling!.take());
  }

  /** What was sampled up to the last look. */
  circumstances(): SampleCircumstances {
    const { count } = this.samples;
    return { samples: count, rateHz: this.#rateHz, wallMs: this.#wallMs, cpuMs: this.#cpuMs };
  }

  #add(profile: V8Profile): void {
    this.samples.add(profile);
    const { user, system } = process.cpuUsage(this.#cpuAtStart);
    this.#cpuMs = (user + system) / 1000;
    this.#wallMs = performance.now() - this.#startMs;
  }
}
