import { hostAbi } from "../../src/instrument/index.ts";

/** What a module told its host: what is open, and how often each function began and ended. */
export interface Recorder {
  readonly imports: WebAssembly.Imports;
  /** Functions that have begun and not ended, the outermost first. */
  readonly open: number[];
  /** Starts by function index. */
  readonly starts: Map<number, number>;
  /** Each start as the stack of function indices that it made, joined by `;`. */
  readonly stacks: string[];
  /** Ends that came while nothing was open. */
  extraEnds: number;
}

const keptStacks = 10_000;

/** Makes a host that checks nothing and notes everything. */
export function record(importModule: string = hostAbi.importModule): Recorder {
  const recorder: Recorder = {
    open: [],
    starts: new Map(),
    stacks: [],
    extraEnds: 0,
    imports: {
      [importModule]: {
        perf_start(funcIndex: number): void {
          recorder.open.push(funcIndex);
          recorder.starts.set(funcIndex, (recorder.starts.get(funcIndex) ?? 0) + 1);
          if (recorder.stacks.length < keptStacks) recorder.stacks.push(recorder.open.join(";"));
        },
        perf_end(): void {
          if (recorder.open.pop() === undefined) recorder.extraEnds++;
        },
      },
    },
  };
  return recorder;
}
