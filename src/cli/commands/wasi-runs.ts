import type { LoadObservation } from "../../trace/index.ts";
import type { Io } from "../command.ts";
import type { WasiLoad } from "./wasi-job.ts";
import { Looker } from "./wasi-look.ts";
import type { LookOptions, Subject } from "./wasi-look.ts";
import type { WasiRow } from "./wasi-row.ts";

/** What is run on what, and how it is looked at. */
export interface WasiRuns extends Omit<LookOptions, "isEnded"> {
  /** Each load with what runs it. */
  readonly runs: readonly { readonly load: WasiLoad; readonly subject: Subject }[];
  /** Told of each run as soon as it is over. */
  readonly onRow: (row: WasiRow) => void;
}

/** What came of all runs. */
export interface RunsEnd {
  readonly rows: readonly WasiRow[];
  readonly seen: readonly LoadObservation[];
  readonly isEnded: boolean;
}

/** Runs one after the other; the user can end it (`isEnded`), and what was seen by then stays. */
export async function runAll({ runs, onRow, ...options }: WasiRuns, io: Io): Promise<RunsEnd> {
  let isEnded = false;
  void io.untilInterrupted?.().then(() => (isEnded = true));
  const looker = new Looker({ ...options, isEnded: () => isEnded }, io);
  const rows: WasiRow[] = [];
  const observations: LoadObservation[] = [];
  const say = progressLine(io);
  for (const [at, { load, subject }] of runs.entries()) {
    if (isEnded) break;
    const what = `${load.load} ${load.sizeText}`.trim();
    say(`${nameOf(subject)}, ${what} (${at + 1} of ${runs.length})`);
    const { row, seen } = await looker.look(subject, load).finally(() => say(""));
    if (isEnded && seen === undefined) break;
    rows.push(row);
    if (seen !== undefined) observations.push(seen);
    onRow(row);
  }
  return { rows, seen: observations, isEnded };
}

function nameOf(subject: Subject): string {
  return "twin" in subject ? "native" : `${subject.runtime.name} ${subject.found.version}`;
}

/** Says on a terminal what runs; the line is wiped, but where the guest's own output may stand behind it. */
function progressLine(io: Io): (text: string) => void {
  if (!io.stderrIsTerminal) return () => {};
  if (io.stdoutIsTerminal === true) {
    return (text) => (text === "" ? undefined : io.stderr(`wasmscope: ${text}\n`));
  }
  return (text) => io.stderr(`\r\u001b[K${text}`);
}
