import { join } from "node:path";
import { EngineHost, monotonicNs, residentBytes } from "../runtimes/index.ts";
import type { HostTrouble, LoadedAnswer, RunAnswer, RunRequest } from "../runtimes/index.ts";
import type { Failure, Outcome } from "./outcome.ts";
import { ownWords } from "./outcome.ts";
import { Probes } from "./pace.ts";
import { coldPhases, grouped, onOneClock, steadySamples, warmPhases } from "./phases.ts";
import type { Exchange, HostLife, Sample } from "./phases.ts";
import type { Process } from "./process.ts";
import { programArgs } from "./run-folder.ts";
import type { RunPlaces } from "./run-folder.ts";

type Level = Failure["level"];

/** Carries a failure out of the sequence of requests. */
class Failed extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** How often the memory of a host with a limit is looked at. */
const lookMs = 20;

/**
 * Starts a fresh engine host, runs the module in it once, then again and again in fresh instances, then calls one kept
 * instance again and again, as far as these levels are asked for. The first run is cold: it gives the phases.
 */
export async function measureHosted(process: Process): Promise<Outcome> {
  const host = new HostedProcess(process);
  const failures: Failure[] = [];
  try {
    await host.measure();
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    failures.push(error.failure);
  }
  const samples = await host.finish();
  return { samples: samples.filter(({ level }) => process.levels.includes(level)), failures };
}

class HostedProcess {
  readonly #process: Process;
  readonly #host: EngineHost;
  readonly #samples: Sample[] = [];
  #life: Omit<HostLife, "startNs" | "endNs" | "endSentNs"> | undefined;
  /** Those of the first run are made before the host is started: making them is no phase of it. */
  #places: RunPlaces | undefined;
  #level: Level = "cold";
  #iteration = 0;
  #watching: NodeJS.Timeout | undefined;
  #tooLarge: string | undefined;
  #over = false;

  constructor(process: Process) {
    const { arm, signal } = process;
    this.#process = process;
    this.#places = process.folder.places(process.task);
    this.#host = EngineHost.start(arm.runtime.host!(arm.found, arm.tier), process.limits.timeoutMs);
    if (signal.aborted) this.#kill();
    signal.addEventListener("abort", this.#kill, { once: true });
    if (process.limits.memoryBytes !== undefined) void this.#watch(process.limits.memoryBytes);
  }

  /** Looks at the host's memory until it ends, and ends it where that goes over the limit. */
  async #watch(mostBytes: number): Promise<void> {
    const pid = await this.#host.pid;
    if (pid === undefined || this.#over) return;
    this.#watching = setInterval(() => {
      if (residentBytes(pid) <= mostBytes) return;
      this.#tooLarge = `it had more than ${mostBytes} bytes of memory`;
      this.#kill();
    }, lookMs);
  }

  readonly #kill = (): void => this.#host.kill();

  async measure(): Promise<void> {
    const { levels } = this.#process;
    const ready = this.#fine(await this.#host.ready);
    const gotNs = monotonicNs();
    const load = await this.#load();
    const run = await this.#run(load.answer);
    this.#life = { ready: { ...ready, gotNs }, load, run };
    if (levels.includes("warm")) await this.#warm(load.answer);
    if (levels.includes("hot")) await this.#hot(load.answer);
    if (levels.includes("warm")) await this.#artefact();
  }

  /** Ends the host and gives all samples, those that its end completes included. */
  async finish(): Promise<Sample[]> {
    const endSentNs = monotonicNs();
    const { startNs, endNs, usage } = await this.#host.end();
    this.#over = true;
    this.#places?.remove();
    clearInterval(this.#watching);
    this.#process.signal.removeEventListener("abort", this.#kill);
    if (this.#life === undefined) return [];
    const level = this.#process.levels.includes("warm") ? "warm" : "cold";
    const peak: Sample[] =
      usage === undefined
        ? []
        : [{ ...count("host-peak-memory", usage.peakBytes), level, by: usage.by }];
    const life = onOneClock({ ...this.#life, startNs });
    return [...coldPhases({ ...life, endNs, endSentNs }), ...this.#samples, ...peak];
  }

  async #load(): Promise<Exchange<LoadedAnswer>> {
    const { task, prepared, arm, limits } = this.#process;
    const ahead = arm.tier.prepared === "ahead" ? prepared?.artefact : undefined;
    const request = { path: ahead ?? task.file, from: ahead ? "artefact" : "wasm" } as const;
    const load = await exchange(() => this.#host.load(request, limits.timeoutMs));
    const answer = this.#fine(load.answer);
    if (answer.codeBytes !== undefined) this.#samples.push(count("code-size", answer.codeBytes));
    return { ...load, answer };
  }

  /** Runs the module in a fresh instance, and checks what comes out. */
  async #run({ module }: LoadedAnswer, calls = 1): Promise<Exchange<RunAnswer>> {
    const { task, folder, limits } = this.#process;
    const places = this.#places ?? folder.places(task);
    this.#places = undefined;
    try {
      const request: Omit<RunRequest, "do"> = {
        module,
        args: programArgs(task),
        env: task.env,
        dirs: places.dirs,
        ...(task.stdin === undefined ? {} : { stdin: task.stdin }),
        stdout: places.stdout,
        stderr: places.stderr,
        ...(task.invoke === undefined ? {} : { invoke: { ...task.invoke, calls } }),
      };
      const run = await exchange(() => this.#host.run(request, limits.timeoutMs));
      const answer = this.#fine(run.answer);
      this.#check(answer, places.stdout, places.words());
      return { ...run, answer };
    } finally {
      places.remove();
    }
  }

  #check({ end, values }: RunAnswer, stdout: string, stderr: string): void {
    const { task, check, arm } = this.#process;
    if (end.kind === "trap") throw this.#failed("trap", end.message);
    if (end.kind === "exit" && end.code !== 0) {
      const words = ownWords(stderr);
      throw this.#failed("wrong-output", `it exited with ${end.code}${words && `: ${words}`}`);
    }
    const wrong =
      task.invoke === undefined
        ? check.wrongFile(task, stdout, arm.label)
        : check.wrongValues(task, values ?? [], arm.label);
    if (wrong !== undefined) throw this.#failed("wrong-output", wrong);
  }

  async #warm(loaded: LoadedAnswer): Promise<void> {
    const { pace } = this.#process;
    this.#level = "warm";
    if (pace instanceof Probes) {
      const { phases } = (await this.#run(loaded)).answer;
      pace.warmNs.push(phases.teardown.endNs - phases.instantiate.startNs);
      return;
    }
    const runs: Sample[] = [];
    for (this.#iteration = 1; this.#iteration <= pace.warmRuns; this.#iteration++) {
      runs.push(...warmPhases((await this.#run(loaded)).answer, this.#iteration));
    }
    this.#samples.push(...grouped(runs, pace.warmPerSample));
  }

  async #hot(loaded: LoadedAnswer): Promise<void> {
    const { pace, task } = this.#process;
    [this.#level, this.#iteration] = ["hot", 0];
    if (task.invoke === undefined) {
      throw this.#failed("unsupported", "a program's start is called once: hot wants --invoke");
    }
    if (pace instanceof Probes) {
      const { steadyNs = [] } = (await this.#run(loaded, 3)).answer;
      if (steadyNs.length > 0) pace.hotNs.push(Math.max(1, Math.min(...steadyNs)));
      return;
    }
    const { steadyNs = [] } = (await this.#run(loaded, pace.hotCalls + 1)).answer;
    this.#samples.push(...steadySamples(steadyNs, pace.hotPerSample));
  }

  /** Stores the compiled module and loads it again, in engines that can: both are phases of no run. */
  async #artefact(): Promise<void> {
    const { task, folder, limits, engine, arm } = this.#process;
    if (engine.stores === false || arm.tier.prepared !== undefined) return;
    const path = join(folder.fresh(), "artefact");
    const request = { path: task.file, from: "wasm", storeTo: path } as const;
    const stored = await this.#host.load(request, limits.timeoutMs);
    engine.stores = !("failed" in stored) && stored.phases.store !== undefined;
    if (!engine.stores) return;
    const loaded = await this.#host.load({ path, from: "artefact" }, limits.timeoutMs);
    for (const [name, span] of [
      ["store-artefact", "failed" in stored ? undefined : stored.phases.store],
      ["load-artefact", "failed" in loaded ? undefined : loaded.phases.load],
    ] as const) {
      if (span === undefined) continue;
      const wall = {
        ...count(name, span.endNs - span.startNs),
        unit: "ns",
        level: "warm",
      } as const;
      this.#samples.push({ ...wall, by: "wall" }, { ...wall, by: "cpu", value: span.cpuNs });
    }
  }

  #fine<T extends object>(answer: T | HostTrouble): T {
    if (!("failed" in answer)) return answer;
    if (this.#tooLarge !== undefined) throw this.#failed("memory", this.#tooLarge);
    const { failed, message } = answer;
    throw this.#failed(failed === "internal" ? "crash" : failed, ownWords(message));
  }

  #failed(failed: Failure["failed"], message: string): Failed {
    return new Failed({ level: this.#level, iteration: this.#iteration, failed, message });
  }
}

function count(metric: string, value: number): Sample {
  return { level: "cold", iteration: 0, metric, unit: "bytes", by: "engine", value };
}

async function exchange<T>(ask: () => Promise<T>): Promise<Exchange<T>> {
  const sentNs = monotonicNs();
  const answer = await ask();
  return { sentNs, gotNs: monotonicNs(), answer };
}
