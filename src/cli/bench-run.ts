import { appendFileSync, readFileSync } from "node:fs";
import { emscripten, findArms, runBench, UnknownTask } from "../bench/index.ts";
import type { Arm, BenchOptions, BenchRun, Progress, RecordLine, Refuses } from "../bench/index.ts";
import { whyRefused } from "../collect/index.ts";
import { runtimes, UnknownRuntime } from "../runtimes/index.ts";
import { UsageError } from "./command.ts";
import type { Io } from "./command.ts";
import { probeNotice } from "./runtime-choice.ts";

/** Records of a run and how it ended. */
export interface Measured extends BenchRun {
  readonly lines: readonly RecordLine[];
  readonly interrupted: boolean;
}

/** Exit code of a command that the user ended by Ctrl-C, as shells give it. */
export const interruptedCode = 130;

/** Finds arms; says on standard error how to get those that are not there. Throws a `UsageError` when none is. */
export async function armsFor(
  selectors: readonly string[],
  io: Io,
): Promise<{ readonly arms: readonly Arm[]; readonly missing: number }> {
  const { arms, absent } = await findArms(selectors, [...runtimes, emscripten]).catch(asUsage);
  const lines = absent.map(({ label, why, mend }) => {
    return `${label}: ${why}${mend === undefined ? "" : `; ${mend}`}`;
  });
  if (arms.length === 0) throw new UsageError(lines.join("; "));
  for (const line of lines) io.stderr(`wasmscope: ${line}\n`);
  return { arms, missing: absent.length };
}

/** Turns what the command line names wrongly into a `UsageError`. */
export function asUsage(error: unknown): never {
  if (error instanceof UnknownRuntime || error instanceof UnknownTask) {
    throw new UsageError(error.message);
  }
  throw error;
}

/** Measures; Ctrl-C ends it with what there is by then. */
export async function measureWith(
  options: Omit<BenchOptions, "signal" | "refuses" | "onRecord" | "onProgress">,
  output: string | undefined,
  io: Io,
): Promise<Measured> {
  const lines: RecordLine[] = [];
  const ending = new AbortController();
  void io.untilInterrupted?.().then(() => ending.abort());
  const show = progressLine(io);
  const run = await runBench({
    ...options,
    signal: ending.signal,
    refuses: featureGate(io),
    onRecord(record) {
      lines.push(record);
      if (output !== undefined) appendFileSync(output, `${JSON.stringify(record)}\n`);
    },
    onProgress: show.progress,
  });
  show.clear();
  return { ...run, lines, interrupted: ending.signal.aborted };
}

/** Asks engines what they can do before they are given a module; what they said of a module is kept. */
export function featureGate(io: Io): Refuses {
  const asked = new Map<string, Promise<string | undefined>>();
  return (arm, { file, moduleSha256, invoke }) => {
    const key = [arm.label, moduleSha256, invoke?.name].join(" ");
    const answer =
      asked.get(key) ??
      whyRefused({
        ...arm,
        bytes: readFileSync(file),
        ...(invoke === undefined ? {} : { invoke: invoke.name }),
        onProbe: probeNotice(arm, io),
      });
    asked.set(key, answer);
    return answer;
  };
}

function progressLine(io: Io): { progress: (progress: Progress) => void; clear: () => void } {
  if (!io.stderrIsTerminal) return { progress: () => {}, clear: () => {} };
  const clear = (): void => io.stderr("\r\u001b[K");
  return {
    clear,
    progress({ task, taskNumber, tasks, blocks, leftMs }) {
      clear();
      const of = tasks > 1 ? ` (${taskNumber + 1} of ${tasks})` : "";
      io.stderr(`${task.module}${of}: ${blocks} blocks, about ${leftText(leftMs)} left`);
    },
  };
}

function leftText(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 90 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
