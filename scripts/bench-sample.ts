// Measures what sampling costs: CPU time of guests run plain and sampled in turn, each in a process of its own.
// Writes docs/results/sample.md; `--quick` measures little and writes nothing.
import { spawnSync } from "node:child_process";
import { cpus } from "node:os";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sampleRun } from "../src/collect/index.ts";
import { prepareInNode } from "../src/runtimes/index.ts";
import { medianRatio } from "../src/stats/index.ts";
import { root } from "../test/root.ts";

const rates = [200, 1000];
const workloads = [
  ["coremark-like", "12000"],
  ["gemm", "128", "200"],
  ["fib", "37"],
  ["json", "300", "20"],
  ["complex-simple", "20000"],
] as const;

interface Job {
  readonly file: string;
  readonly args: readonly string[];
  readonly rateHz: number;
}

/** Runs a guest here and prints the microseconds of CPU time that it took, without start-up, on stderr. */
function runJob({ file, args, rateHz }: Job): void {
  const bytes = readFileSync(file);
  const guest = { args: ["guest", ...args], env: {}, dirs: [] };
  let start = process.cpuUsage();
  if (rateHz === 0) {
    const prepared = prepareInNode(bytes, guest);
    start = process.cpuUsage();
    prepared.run();
  } else {
    const module = { name: "guest", sha256: "" };
    const onStart = (): void => void (start = process.cpuUsage());
    sampleRun(bytes, { rateHz, module, guest, onStart });
  }
  const { user, system } = process.cpuUsage(start);
  process.stderr.write(String(user + system));
}

function time(job: Job): number {
  const { stderr } = spawnSync(
    process.execPath,
    [fileURLToPath(import.meta.url), JSON.stringify(job)],
    {
      encoding: "utf8",
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  return Number(stderr);
}

/** Microseconds of CPU time for starting and ending the sampler, around a guest that does next to nothing. */
function fixedCost(): number {
  const job = { file: join(root, "workloads", "fib.wasm"), args: ["1"] };
  const times = [0, 1, 2, 3, 4].map(
    () => time({ ...job, rateHz: 1000 }) - time({ ...job, rateHz: 0 }),
  );
  return times.toSorted((a, b) => a - b)[2]!;
}

function measure(rounds: number, fixed: number): string[] {
  return workloads.map(([name, ...args]) => {
    const file = join(root, "workloads", `${name}.wasm`);
    const times = new Map([0, ...rates].map((rate) => [rate, [] as number[]]));
    for (let round = 0; round < rounds; round++) {
      for (const [rateHz, list] of times) list.push(time({ file, args, rateHz }));
    }
    const ratios = rates.map((rate) => {
      const { estimate, low, high } = medianRatio(
        times.get(rate)!.map((value) => value - fixed),
        times.get(0)!,
      );
      const [ratio, from, to] = [estimate, low, high].map((value) => value.toFixed(3));
      return `${ratio} (${from} to ${to})`;
    });
    return `| ${name} | ${ratios.join(" | ")} |`;
  });
}

const [argument] = process.argv.slice(2);
if (argument?.startsWith("{") === true) runJob(JSON.parse(argument) as Job);
else {
  const rounds = argument === "--quick" ? 3 : 5;
  const fixed = fixedCost();
  const text = [
    "# What sampling costs",
    "",
    `CPU time of the process while the guest runs, sampled against plain, in turn: median ratio of ${rounds} pairs with its`,
    `95 % interval. Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model ?? "unknown"}), a shared machine.`,
    `Starting and ending the sampler takes ${Math.round(fixed / 1000)} ms once, which is not in the ratios.`,
    "Made by `npm run bench:sample`.",
    "",
    `| workload | ${rates.map((rate) => `${rate} Hz`).join(" | ")} |`,
    `| --- | ${rates.map(() => "---").join(" | ")} |`,
    ...measure(rounds, fixed),
    "",
  ].join("\n");
  process.stdout.write(text);
  if (argument !== "--quick") writeFileSync(join(root, "docs", "results", "sample.md"), text);
}
