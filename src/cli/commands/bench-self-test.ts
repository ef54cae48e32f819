import {
  blockValues,
  cleaned,
  falseDifferences,
  pairsOf,
  powerOf,
  tasksOf,
} from "../../bench/index.ts";
import type { Arm, Pairs, RecordLine, Task } from "../../bench/index.ts";
import { pairedRatio } from "../../stats/index.ts";
import type { RatioEstimate } from "../../stats/index.ts";
import { armsFor, interruptedCode, measureWith } from "../bench-run.ts";
import { clockOf, measuring, share } from "../bench-options.ts";
import { UsageError } from "../command.ts";
import type { Io, Parsed } from "../command.ts";

const defaultBlocks = 40;
/** Samples of an arm within which a change of 5 % shall be found. */
const samplesForPower = 60;
const [mostFalse, leastPower] = [0.015, 0.9];

/** The numbers up to which the sieve goes, and how often: the work grows by the second as by nothing else. */
const sieve = { upTo: 20_000, times: 400 };

/** What a self-test found. */
interface Found {
  readonly test: "aa" | "inject";
  readonly arm: string;
  readonly blocks: number;
  /** How much more one arm had to do: 0 or the injected share. */
  readonly injected: number;
  readonly ratio: RatioEstimate;
  /** Share of resampled experiments that find a difference. */
  readonly rate: number;
  readonly passed: boolean;
}

/**
 * Tests whether measurements on this machine can be believed: `aa` compares an arm with itself, `inject` with one that
 * really has more to do. Gives 1 where differences are found that are none, or not found that are some.
 */
export async function selfTest(parsed: Parsed, io: Io): Promise<number> {
  const [test, text, surplus] = parsed.positionals;
  const isInjected = test === "inject";
  if (surplus !== undefined || (!isInjected && text !== undefined)) {
    throw new UsageError(`${test} takes ${isInjected ? "one share" : "no module"}`);
  }
  const injected = isInjected ? share(text ?? "5%", "inject") : 0;
  const how = measuring(parsed, ["warm"]);
  const { arms } = await armsFor(how.selectors.slice(0, 1), io);
  const { task, pair } = sameArms(arms[0]!, injected);
  const measured = await measureWith(
    {
      tasks: [task],
      arms: pair,
      levels: how.levels.slice(0, 1),
      limits: how.limits,
      budgetMs: how.budgetMs ?? 120_000,
      precision: 0,
      repetitions: how.repetitions ?? defaultBlocks,
    },
    parsed.value("output"),
    io,
  );
  const lines = measured.lines.filter((line) => line.schema === "wasmscope-bench-1");
  const { records } = cleaned(lines);
  const level = how.levels[0]!;
  // Of a program's run, the part that grows.
  const metric = { by: clockOf(parsed), ...(level === "warm" ? { metric: "first-call" } : {}) };
  const pairs = pairsOf(
    blockValues(records, pair[1].label, { level, ...metric }),
    blockValues(records, pair[0].label, { level, ...metric }),
  );
  if (pairs.measured.length === 0) throw new UsageError(failureText(measured.lines));
  const found = judge(pairs, pair[0].label, injected);
  io.stdout(parsed.flag("json") ? `${JSON.stringify(found, null, 2)}\n` : textOf(found));
  if (measured.interrupted) return interruptedCode;
  return found.passed ? 0 : 1;
}

/** Gives the arm and itself again, with more to do if that is wanted. */
function sameArms(arm: Arm, injected: number): { task: Task; pair: readonly [Arm, Arm] } {
  const [row] = tasksOf("sieve", { size: "mini", args: [], env: {}, dirs: [] });
  const { stdoutSha256: _, ...plain } = row!;
  const args = (times: number): string[] => [String(sieve.upTo), String(times)];
  const task = { ...plain, args: args(sieve.times), size: args(sieve.times).join(" ") };
  const more = Math.round(sieve.times * (1 + injected));
  const name = injected === 0 ? "again" : `with ${(injected * 100).toFixed(1)} % more`;
  const again = { ...arm, label: `${arm.label} ${name}`, task: { args: args(more) } };
  return { task, pair: [arm, again] };
}

function judge(pairs: Pairs, arm: string, injected: number): Found {
  const ratio = pairedRatio(pairs.measured, pairs.baseline);
  const blocks = pairs.measured.length;
  const rate =
    injected === 0
      ? falseDifferences(pairs, { blocks: Math.ceil(blocks * 0.8) })
      : powerOf(pairs, { blocks: samplesForPower });
  const passed = injected === 0 ? rate <= mostFalse && ratio.p >= 0.01 : rate >= leastPower;
  return { test: injected === 0 ? "aa" : "inject", arm, blocks, injected, ratio, rate, passed };
}

function textOf({ test, arm, blocks, injected, ratio, rate, passed }: Found): string {
  const { estimate, low, high, level } = ratio;
  const [middle, from, to] = [estimate, low, high].map((value) => value.toFixed(4));
  const percent = (value: number): string => `${Number((value * 100).toFixed(2))} %`;
  const what = test === "aa" ? "itself" : `itself with ${percent(injected)} more to do`;
  const second =
    test === "aa"
      ? `Of 1000 experiments drawn from these blocks ${percent(rate)} find a difference at 1 %; up to ${percent(mostFalse)} are expected.`
      : `Of 1000 experiments of ${samplesForPower} blocks drawn from these ${percent(rate)} find it at 1 %; ${percent(leastPower)} are wanted.`;
  return [
    `${arm} against ${what}, ${blocks} blocks: ${middle}x (${percent(level)}: ${from} to ${to}), p = ${ratio.p.toPrecision(2)}.`,
    second,
    passed
      ? "Passed."
      : "Failed: times of this machine, at this load, do not tell such differences.",
    "",
  ].join("\n");
}

function failureText(lines: readonly RecordLine[]): string {
  const failure = lines.find((line) => line.schema === "wasmscope-bench-failure-1");
  return failure?.message ?? "nothing was measured";
}
