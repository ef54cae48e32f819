import { KeptInput } from "../../sys/index.ts";
import type { ObserveJob } from "../../trace/index.ts";
import type { Io } from "../command.ts";
import type { RuntimeChoice } from "../runtime-choice.ts";
import { Looker } from "./wasi-look.ts";
import type { LookOptions, WasiLoad } from "./wasi-look.ts";
import type { WasiRow } from "./wasi-row.ts";

/** What is run on what, and how it is looked at. */
export interface WasiRuns extends Omit<LookOptions, "isEnded"> {
  readonly choices: readonly RuntimeChoice[];
  readonly loads: readonly WasiLoad[];
  /** Told of each run as soon as it is over. */
  readonly onRow: (row: WasiRow) => void;
}

/** Runs every load on every runtime; the user can end it (`isEnded`), and what was seen by then stays. */
export async function runAll(
  { choices, loads, onRow, ...options }: WasiRuns,
  io: Io,
): Promise<{ readonly rows: readonly WasiRow[]; readonly isEnded: boolean }> {
  let isEnded = false;
  void io.untilInterrupted?.().then(() => (isEnded = true));
  const looker = new Looker({ ...options, isEnded: () => isEnded }, io);
  const input = new KeptInput();
  const rows: WasiRow[] = [];
  const runs = loads.flatMap((load) => choices.map((choice) => ({ load, choice })));
  const say = progressLine(io);
  try {
    for (const [at, { load, choice }] of runs.entries()) {
      if (isEnded) break;
      const what = loads.length > 1 ? `, ${load.load} ${load.sizeText}` : "";
      say(`${choice.runtime.name} ${choice.found.version}${what} (${at + 1} of ${runs.length})`);
      // Several guests cannot read one input: each gets all of it.
      const stdin = runs.length > 1 && reads(load.job) ? input.open() : undefined;
      const job = stdin === undefined ? load.job : { ...load.job, stdin };
      const row = await looker.look(choice, { ...load, job });
      say("");
      if (isEnded && "failed" in row) break;
      rows.push(row);
      onRow(row);
    }
  } finally {
    input.close();
  }
  return { rows, isEnded };
}

const reads = ({ names }: ObserveJob): boolean =>
  names.includes("fd_read") || names.includes("poll_oneoff");

/** Says on a terminal what runs; the line is wiped, but where the guest's own output may stand behind it. */
function progressLine(io: Io): (text: string) => void {
  if (!io.stderrIsTerminal) return () => {};
  if (io.stdoutIsTerminal === true) {
    return (text) => (text === "" ? undefined : io.stderr(`wasmscope: ${text}\n`));
  }
  return (text) => io.stderr(`\r\u001b[K${text}`);
}
