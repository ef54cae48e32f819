// Runs one workload once in mode `time` or as it is: `node bench-time-child.js JOB`, where JOB is a `TimeBenchJob` as
// JSON. The guest has this process's streams. Writes a `TimeBenchRun` as JSON to descriptor 3.
import { readFileSync, writeSync } from "node:fs";
import { countRun, timeRun } from "../src/collect/index.ts";
import { functionStacks } from "../src/collect/time/stacks.ts";
import { functionTotals } from "../src/profile/index.ts";
import { prepareInNode, sampledStacks, startSampling } from "../src/runtimes/index.ts";
import { decodeModule } from "../src/wasm/index.ts";

/** What to run. */
export interface TimeBenchJob {
  readonly file: string;
  readonly way: "plain" | "time" | "calibrated" | "sampled";
  readonly guest: Parameters<typeof prepareInNode>[1];
}

/** What it cost, and the own time (or samples) of each function by index. */
export interface TimeBenchRun {
  /** Microseconds of CPU time of the thread that runs the guest. */
  readonly guestUs: number;
  /** Microseconds of CPU time of the process, V8's compiling and sampling threads among it. */
  readonly processUs: number;
  readonly self: Readonly<Record<number, number>>;
  /** The functions whose time was estimated. */
  readonly estimated: readonly number[];
}

const { file, way, guest } = JSON.parse(process.argv[2]!) as TimeBenchJob;
const bytes = new Uint8Array(readFileSync(file));
const module = { name: "", sha256: "" };

/** Starts a stopwatch for both kinds of CPU time. */
function startWatch(): () => Pick<TimeBenchRun, "guestUs" | "processUs"> {
  const before = process.cpuUsage();
  const guestBefore = mainThreadUs();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return { guestUs: mainThreadUs() - guestBefore, processUs: user + system };
  };
}

/** Reads the CPU time of this process's main thread, which runs the guest. */
function mainThreadUs(): number {
  const stat = readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8");
  return Number(stat.split(" ")[0]) / 1000;
}

function plain(sampled: boolean): TimeBenchRun {
  const ready = prepareInNode(bytes, guest);
  const sampling = sampled ? startSampling(1000) : undefined;
  const stop = startWatch();
  ready.run();
  const cost = stop();
  const self: Record<number, number> = {};
  const decoded = decodeModule(bytes);
  const samples = sampling === undefined ? [] : sampledStacks(sampling.stop());
  const stacks = functionStacks(samples, decoded, decoded, () => false);
  for (const { functions, hits } of stacks) {
    const func = functions.at(-1)!;
    self[func] = (self[func] ?? 0) + hits;
  }
  return { ...cost, self, estimated: [] };
}

async function timed(): Promise<TimeBenchRun> {
  const counted = way === "calibrated" ? await countRun(bytes, { guest }) : undefined;
  let stop = startWatch();
  let cost = stop();
  const { profile } = timeRun(bytes, {
    module,
    guest,
    onStart: () => (stop = startWatch()),
    onEnd: () => (cost = stop()),
    ...(counted === undefined ? {} : { counted }),
  });
  const totals = functionTotals(profile).filter(
    ({ frame }) => frame.funcIndex !== undefined && frame.host !== true,
  );
  return {
    ...cost,
    self: Object.fromEntries(totals.map(({ frame, self }) => [frame.funcIndex!, self[1]!])),
    estimated: totals.filter(({ frame }) => frame.estimated).map(({ frame }) => frame.funcIndex!),
  };
}

const run = way === "plain" || way === "sampled" ? plain(way === "sampled") : await timed();
writeSync(3, JSON.stringify(run));
