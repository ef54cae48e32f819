import { Session } from "node:inspector";
import type { Profiler } from "node:inspector";

/** Stacks of the guest that V8 has seen, with how often. */
export interface SampledStack {
  /** Offsets in the module that ran, one a frame, the outermost first: each lies in the body of a function. */
  readonly offsets: readonly number[];
  readonly hits: number;
}

/** V8's sampling profiler at work in this thread. */
export interface Sampling {
  /** Gives what was seen since the start, or since the last call, and goes on. */
  take(): Profiler.Profile;
  /** Gives the same, and ends the sampling. */
  stop(): Profiler.Profile;
}

/**
 * Begins to sample this thread with V8's profiler, as often as `intervalUs` says. Only the inspector's Profiler
 * domain is used: its Debugger domain would make the guest 2.6x slower. Returns undefined where the process has no
 * inspector.
 */
export function startSampling(intervalUs: number): Sampling | undefined {
  const session = new Session();
  try {
    session.connect();
  } catch {
    return undefined;
  }
  session.post("Profiler.enable");
  session.post("Profiler.setSamplingInterval", { interval: intervalUs });
  session.post("Profiler.start");
  const end = (): Profiler.Profile => {
    let profile: Profiler.Profile | undefined;
    // In the same thread the answer comes before `post` returns.
    session.post("Profiler.stop", (error, answer) => {
      if (error === null) profile = answer.profile;
    });
    if (profile === undefined) throw new Error("V8's profiler gave no profile");
    return profile;
  };
  return {
    take() {
      const profile = end();
      session.post("Profiler.start");
      return profile;
    },
    stop() {
      const profile = end();
      session.disconnect();
      return profile;
    },
  };
}

/** What the addresses of WebAssembly of our own contain, which runs beside the guest in mode `time`. */
const ownCode = "/wasmscope_";

/** Finds the stacks whose innermost frame is the guest's, without the host's frames. */
export function sampledStacks({ nodes }: Profiler.Profile): SampledStack[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const stacks: SampledStack[] = [];
  const visit = (id: number, above: readonly number[]): void => {
    const node = byId.get(id);
    if (node === undefined) return;
    const { callFrame, hitCount = 0, children = [] } = node;
    const isGuest = callFrame.url.startsWith("wasm://") && !callFrame.url.includes(ownCode);
    const offsets = isGuest ? [...above, callFrame.columnNumber] : above;
    if (isGuest && hitCount > 0) stacks.push({ offsets, hits: hitCount });
    for (const child of children) visit(child, offsets);
  };
  if (nodes[0] !== undefined) visit(nodes[0].id, []);
  return stacks;
}
