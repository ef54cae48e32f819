import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CannotRun } from "../../runtimes/index.ts";
import type { GuestOptions, TimeJob } from "../../runtimes/index.ts";
import { medianRatio } from "../../stats/index.ts";
import type { Interval } from "../../stats/index.ts";
import { answerOfChild } from "../child-job.ts";

const script = fileURLToPath(new URL("../../runtimes/in-process/time-guest.js", import.meta.url));

/** How often the plain and the instrumented module are run. */
export const overheadPairs = 5;

/**
 * Measures what instrumentation costs: runs both modules in turn, each in a fresh process without input and
 * output, and gives the median ratio of their CPU times with a 95 % interval. The guest's effects on files
 * happen once a run.
 *
 * @param onRun Told after each run.
 */
export async function measureOverhead(
  plain: Uint8Array,
  instrumented: Uint8Array,
  guest: GuestOptions,
  onRun: (done: number, total: number) => void = () => {},
): Promise<Interval> {
  const folder = mkdtempSync(join(tmpdir(), "wasmscope-"));
  // Ctrl-C ends this process at once: leave nothing behind.
  const clean = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", clean);
  try {
    const files = [plain, instrumented].map((bytes, nth) => {
      const file = join(folder, `${nth}.wasm`);
      writeFileSync(file, bytes);
      return file;
    });
    const times: number[][] = [[], []];
    for (let run = 0; run < 2 * overheadPairs; run++) {
      const which = run % 2;
      times[which]!.push(await timeGuest(jobOf(files[which]!, guest)));
      onRun(run + 1, 2 * overheadPairs);
    }
    return medianRatio(times[1]!, times[0]!);
  } finally {
    process.removeListener("exit", clean);
    clean();
  }
}

function jobOf(file: string, { invoke, ...guest }: GuestOptions): TimeJob {
  if (invoke === undefined) return { file, guest };
  const args = invoke.args.map((value) =>
    typeof value === "bigint" ? `${value}n` : String(value),
  );
  return { file, guest, invoke: { name: invoke.name, args } };
}

/** Returns microseconds of CPU time. */
async function timeGuest(job: TimeJob): Promise<number> {
  const time = Number(await answerOfChild(script, job));
  if (!(time > 0)) throw new CannotRun("a run for measuring the overhead failed");
  return time;
}
