import { functionFrames } from "../../src/collect/index.ts";
import { readWords } from "../../src/collect/exact/profile-run.ts";
import { timeProfile } from "../../src/collect/time/profile.ts";
import { TimeProfiler } from "../../src/collect/time/profiler.ts";
import { instrumentForTime } from "../../src/instrument/index.ts";
import type { TimeOptions } from "../../src/instrument/index.ts";
import type { Profile } from "../../src/profile/index.ts";
import { decodeModule } from "../../src/wasm/index.ts";
import { wat } from "../oracle/wat.ts";

/** How time passes for a program. */
export interface Simulation {
  /** What a reading of the clock takes. */
  readonly clockNs?: number;
  /** What the switch takes a timed call to cost. */
  readonly eventNs: number;
  readonly share: number;
  readonly options?: TimeOptions;
}

/**
 * Times a program under a simulated clock. The program imports `env.spend`, which lets nanoseconds pass, and
 * exports `run`.
 */
export function timeText(text: string, simulation: Simulation): Profile {
  const bytes = wat(`(module (import "env" "spend" (func $spend (param i32))) ${text})`);
  const module = decodeModule(bytes);
  const timed = instrumentForTime(bytes, simulation.options);
  const { clockNs = 0, eventNs, share } = simulation;
  let now = 0;
  const profiler = new TimeProfiler({
    functions: module.functions.length,
    switched: timed.switched,
    clock: () => (now += clockNs),
    eventNs,
    share,
  });
  const { exports } = new WebAssembly.Instance(
    new WebAssembly.Module(timed.bytes as Uint8Array<ArrayBuffer>),
    { env: { spend: (ns: number) => void (now += ns) }, ...profiler.imports },
  );
  profiler.begin();
  profiler.guard(exports["run"] as () => void)();
  profiler.end();
  const calls = profiler.calls(readWords(exports));
  return timeProfile(
    {
      importedFunctions: module.importedFunctions,
      tree: profiler.tree,
      calls,
      meanOwn: (func) => profiler.core.meanOwn(func),
      stacks: [],
    },
    { name: "simulated", sha256: "" },
    functionFrames(module),
  );
}
