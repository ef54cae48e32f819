import { proposalProbes } from "./proposals.ts";
import type { FeatureReport } from "./report.ts";
import { probeArgs, probeEnv, probeExitCode, readAnswers, wasiGuest } from "./wasi-guest.ts";
import { wasiProbes } from "./wasi-functions.ts";

/** What is asked of a runtime: a WASI command, with what it is given. */
export interface ProbeJob {
  readonly module: Uint8Array;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Whether it wants an empty folder as `.`. */
  readonly folder: boolean;
  /** A function without parameters to call instead of `_start`. */
  readonly invoke?: string;
}

/** How a probe ended. */
export interface ProbeEnd {
  /** Its exit code, 0 when it returned; absent when it was refused, trapped, or took too long. */
  readonly code?: number;
  readonly stdout: string;
  /** What the engine said. */
  readonly words: string;
}

/** Runs one probe. Never rejects. */
export type RunProbe = (job: ProbeJob) => Promise<ProbeEnd>;

/** Errnos by which a runtime says that it has not got a function: ENOSYS and ENOTSUP. */
const notThere: ReadonlySet<number> = new Set([52, 58]);
/** More rounds than functions are missing anywhere that is worth it. */
const mostRounds = 60;

/** Finds out what a runtime can do, up to `parallel` probes at a time. */
export async function probeWith(run: RunProbe, parallel = 1): Promise<FeatureReport> {
  const without: Record<string, string> = {};
  const proposals: string[] = [];
  const left = [...proposalProbes];
  const work = async (): Promise<void> => {
    for (let probe = left.shift(); probe !== undefined; probe = left.shift()) {
      const end = await run({ module: probe.module(), args: ["probe"], env: {}, folder: false });
      if (end.code === 0) proposals.push(probe.feature);
      else without[probe.feature] = whyNot(end);
    }
  };
  const wasi = probeWasi(run, without);
  await Promise.all(Array.from({ length: parallel }, work));
  const order = proposalProbes.map(({ feature }) => feature);
  return {
    proposals: proposals.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)),
    ...(await wasi),
    without,
  };
}

/**
 * Runs the guest that calls all functions; leaves out what the runtime refuses or dies of, and runs it again, until it
 * gets to its end.
 */
async function probeWasi(
  run: RunProbe,
  without: Record<string, string>,
): Promise<Pick<FeatureReport, "wasi" | "untried" | "unlinkable">> {
  const left = new Set<string>();
  const unlinkable: string[] = [];
  const report: { wasi: string[]; untried: string[] } = { wasi: [], untried: [] };
  let why = "the guest that tries the functions of WASI did not get to its end";
  for (let round = 0; round < mostRounds; round++) {
    const module = wasiGuest(left);
    const end = await run({ module, args: probeArgs, env: probeEnv, folder: true });
    const answers = readAnswers(end.stdout);
    const expected = expectedOf(left);
    const ended = end.code === (left.has("proc_exit") ? 0 : probeExitCode);
    if (ended && expected.every((name) => answers.has(name))) {
      if (!left.has("proc_exit")) report.wasi.push("proc_exit");
      sortAnswers(answers, report, without);
      return { wasi: report.wasi.toSorted(), untried: report.untried.toSorted(), unlinkable };
    }
    const culprit = culpritOf(end, expected, answers);
    if (culprit === undefined) {
      why = whyNot(end);
      break;
    }
    left.add(culprit);
    if (answers.size === 0) unlinkable.push(culprit);
    without[culprit] = whyNot(end);
  }
  for (const name of [...expectedOf(left), "proc_exit"]) {
    without[name] ??= why;
  }
  return { ...report, unlinkable };
}

/** Lists the probes of a guest, `proc_exit` apart. */
function expectedOf(left: ReadonlySet<string>): string[] {
  return wasiProbes
    .filter(({ name, needs = [] }) => [name, ...needs].every((each) => !left.has(each)))
    .map(({ name }) => name);
}

/** Finds the function that a guest was refused for, or that it did not come back from. */
function culpritOf(
  { words }: ProbeEnd,
  expected: readonly string[],
  answers: ReadonlyMap<string, unknown>,
): string | undefined {
  const all = [...expected, "proc_exit"];
  if (answers.size > 0) return all.find((name) => !answers.has(name));
  // Refused: engines name the import that they lack. The longest name, since some begin as others do.
  return all
    .filter((name) => new RegExp(`\\b${name}\\b`).test(words))
    .toSorted((a, b) => b.length - a.length)[0];
}

function sortAnswers(
  answers: ReturnType<typeof readAnswers>,
  report: { readonly wasi: string[]; readonly untried: string[] },
  without: Record<string, string>,
): void {
  for (const { name, mayFail, needs = [] } of wasiProbes) {
    const answer = answers.get(name);
    const lacking = needs.find((each) => without[each] !== undefined);
    if (answer === undefined) without[name] ??= `not tried without ${lacking ?? "what it needs"}`;
    else if (notThere.has(answer.errno)) without[name] = `errno ${answer.errno}`;
    else if (mayFail === true) report.untried.push(name);
    else if (answer.errno !== 0) without[name] = `errno ${answer.errno}`;
    else if (answer.effect) report.wasi.push(name);
    else without[name] = "said success without doing it";
  }
}

/** The engine's own words on a line, or what happened. */
function whyNot({ code, words }: ProbeEnd): string {
  const said = words.trim().replaceAll(/\s+/g, " ").slice(0, 300);
  if (said !== "") return said;
  return code === undefined ? "it trapped or was refused" : `exit code ${code}`;
}
