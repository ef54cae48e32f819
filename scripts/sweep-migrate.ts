// Stops programs at random points on each runtime that is installed and goes on with them on each other one; what they
// print, the files they leave and their last states must be the same to the bit. Writes docs/results/migrate.md:
// `npm run sweep:migrate`.
//   --points N       points for each program and pair (3)
//   --program NAME   these programs only, the page on stdout (again for several)
//   --runtime NAME   these runtimes only, the page on stdout (again for several)
//   --seed N         another choice of points
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { canonicalBytes, readState } from "../src/hosted/state/index.ts";
import { runCold } from "../src/runtimes/index.ts";
import { describeMachine } from "../src/sys/index.ts";
import { randomNumbers } from "../test/fuzz/random.ts";
import { type FoundEngine, foundEngines } from "../test/runtimes/engines.ts";
import { wat } from "../test/host-abi/wat.ts";
import { copyingProgram } from "../test/hosted/state-programs.ts";
import { root } from "../test/root.ts";

const { values } = parseArgs({
  options: {
    points: { type: "string", default: "3" },
    program: { type: "string", multiple: true },
    runtime: { type: "string", multiple: true },
    seed: { type: "string", default: "1" },
  },
});
const page = join(root, "docs/results/migrate.md");
const hostModule = join(root, "hosts/wasmscope-host.wasm");
const stopped = 124;

/** A program with its arguments, in a folder with these files. */
interface Subject {
  readonly name: string;
  readonly what: string;
  /** A file of the project, or a module in the text format. */
  readonly module: string;
  readonly args: readonly string[];
  readonly files?: readonly string[];
  /** It has in its memory what only this host has told it, such as the numbers of inodes and times of files. */
  readonly isHosts?: true;
}

const subjects: readonly Subject[] = [
  { name: "json", what: "C, printf of floats", module: "workloads/json.wasm", args: ["20", "2"] },
  { name: "huff", what: "C", module: "workloads/huff.wasm", args: ["5000", "2"] },
  {
    name: "wordcount",
    what: "C++, reads a file",
    module: "examples/wordcount/wordcount.wasm",
    args: ["LICENSE"],
    files: ["LICENSE"],
    isHosts: true,
  },
  { name: "fib", what: "C, recursion", module: "workloads/fib.wasm", args: ["15"] },
  { name: "sieve", what: "C", module: "workloads/sieve.wasm", args: ["1000", "2"] },
  { name: "coremark", what: "C", module: "workloads/coremark-like.wasm", args: ["20"] },
  { name: "sha256", what: "C", module: "workloads/kernels.wasm", args: ["sha256", "20"] },
  { name: "quicksort", what: "C", module: "workloads/kernels.wasm", args: ["quicksort", "200"] },
  {
    name: "cholesky",
    what: "C, floats",
    module: "workloads/polybench/cholesky.wasm",
    args: ["mini"],
  },
  {
    name: "copy",
    what: "WebAssembly by hand, reads one file and writes another",
    module: copyingProgram,
    args: [],
    files: ["LICENSE"],
  },
  { name: "lines", what: "C, prints", module: "workloads/io.wasm", args: ["lines", "200"] },
  {
    name: "seeks",
    what: "C, positions in a file",
    module: "workloads/io.wasm",
    args: ["seek-writes", "200", "13"],
  },
  {
    name: "entries",
    what: "C, makes and lists files",
    module: "workloads/io.wasm",
    args: ["entries", "50"],
    isHosts: true,
  },
];

interface Outcome {
  readonly exitCode: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

const scratch = mkdtempSync(join(tmpdir(), "migrate-"));
let runs = 0;

/** Runs the host module in an engine with a folder as `.`. */
async function runHost(engine: Engine, args: readonly string[], folder: string): Promise<Outcome> {
  const [stdout, stderr] = ["out", "err"].map((name) => join(scratch, `${name}-${runs++}`));
  const command = engine.runtime.command(engine.found, engine.tier, {
    module: engine.module,
    args: ["wasmscope-host.wasm", ...args],
    env: {},
    dirs: [{ host: folder, guest: "." }],
  });
  const { end } = await runCold(command, { stdout: stdout!, stderr: stderr!, timeoutMs: 60_000 });
  const outcome = {
    exitCode: end.kind === "exit" ? end.code : end.kind,
    stdout: readFileSync(stdout!, "latin1"),
    stderr: readFileSync(stderr!, "latin1"),
  };
  rmSync(stdout!);
  rmSync(stderr!);
  return outcome;
}

interface Engine extends FoundEngine {
  /** The host module, or what was made of it ahead. */
  readonly module: string;
}

async function prepared(engine: FoundEngine): Promise<Engine> {
  const { runtime, found, tier, name } = engine;
  if (runtime.prepare === undefined) return { ...engine, module: hostModule };
  const folder = join(scratch, `prepared-${name.replaceAll(/\W/g, "-")}`);
  mkdirSync(folder);
  const { artefact } = await runtime.prepare(found, tier, { module: hostModule, folder });
  return { ...engine, module: artefact };
}

function newFolder({ module, files = [] }: Subject): string {
  const folder = mkdtempSync(join(scratch, "run-"));
  if (module.startsWith("(")) writeFileSync(join(folder, "app.wasm"), wat(module));
  else copyFileSync(join(root, module), join(folder, "app.wasm"));
  copyFileSync(join(root, "LICENSE"), join(folder, "in"));
  for (const file of files) copyFileSync(join(root, file), join(folder, file));
  return folder;
}

const hashOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** What a program leaves: its files' names and hashes, but for states. */
function leftIn(folder: string): string {
  const names = readdirSync(folder, { recursive: true }).map(String).toSorted();
  return names
    .filter((name) => !/^(state|end)(\.|$)/.test(name))
    .map((name) => {
      const path = join(folder, name);
      return `${name} ${statSync(path).isFile() ? hashOf(readFileSync(path)) : "folder"}`;
    })
    .join("\n");
}

const canonicalHash = (path: string): string => hashOf(canonicalBytes(readFileSync(path)));

interface Reference extends Outcome {
  readonly left: string;
  /** The last point at which a state was taken. */
  readonly branches: number;
}

async function reference(subject: Subject, engine: Engine): Promise<Reference> {
  const folder = newFolder(subject);
  const command = ["app.wasm", ...subject.args];
  const every = ["--checkpoint", "state", "--every-branches", "1000"];
  const outcome = await runHost(engine, [...every, ...command], folder);
  const last = existsSync(join(folder, "state.delta")) ? "state.delta" : "state";
  if (!existsSync(join(folder, last))) {
    throw new Error(`${subject.name}: ${outcome.exitCode} ${outcome.stderr}`);
  }
  const branches = Number(readState(readFileSync(join(folder, last))).branches);
  return { ...outcome, left: leftIn(folder), branches };
}

/** The state at the last point on this runtime, whose names for directories the program knows. */
async function lastState(subject: Subject, engine: Engine, branches: number): Promise<string> {
  const folder = newFolder(subject);
  const options = ["--checkpoint", "end", "--after-branches", `${branches}`];
  await runHost(engine, [...options, "app.wasm", ...subject.args], folder);
  return canonicalHash(join(folder, "end"));
}

interface Trial {
  readonly subject: string;
  readonly from: string;
  readonly to: string;
  readonly at: number;
  /** What differs, or nothing. */
  readonly wrong?: string;
  readonly bytes: number;
}

async function trial(
  subject: Subject,
  expected: Reference & { readonly final: string },
  [from, to]: readonly [Engine, Engine],
  at: number,
): Promise<Trial> {
  const folder = newFolder(subject);
  const stop = ["--checkpoint", "state", "--after-branches", `${at}`, "--stop", "app.wasm"];
  const first = await runHost(from, [...stop, ...subject.args], folder);
  const path = join(folder, "state");
  const bytes = existsSync(path) ? readFileSync(path).length : 0;
  const end = ["--checkpoint", "end", "--after-branches", `${expected.branches}`];
  const second =
    first.exitCode === stopped
      ? await runHost(to, ["--resume", "state", ...end], folder)
      : { exitCode: "not begun", stdout: "", stderr: "" };
  const final = subject.isHosts === true ? undefined : expected.final;
  const wrong = differences({ ...expected, final }, first, second, folder);
  rmSync(folder, { recursive: true });
  return {
    subject: subject.name,
    from: from.runtime.name,
    to: to.runtime.name,
    at,
    bytes,
    ...(wrong === undefined ? {} : { wrong }),
  };
}

function differences(
  expected: Reference & { readonly final: string | undefined },
  first: Outcome,
  second: Outcome,
  folder: string,
): string | undefined {
  const said = (first.stderr + second.stderr).trim().split("\n").at(-1)!;
  if (first.exitCode !== stopped) return `did not stop: ${first.exitCode} ${said}`;
  if (second.exitCode !== expected.exitCode) return `ended with ${second.exitCode}: ${said}`;
  if (first.stdout + second.stdout !== expected.stdout) return "printed something else";
  if (leftIn(folder) !== expected.left) return "left other files";
  const state = join(folder, "end");
  if (!existsSync(state)) return "has no last state";
  const isSame = expected.final === undefined || canonicalHash(state) === expected.final;
  return isSame ? undefined : "has another last state";
}

function table(trials: readonly Trial[], names: readonly string[]): string {
  const cellOf = (from: string, to: string): string => {
    const here = trials.filter((one) => one.from === from && one.to === to);
    return `${here.filter(({ wrong }) => wrong === undefined).length} of ${here.length}`;
  };
  const rows = names.map((from) => [from, ...names.map((to) => cellOf(from, to))]);
  const head = ["from ↓ to →", ...names];
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

function write(trials: readonly Trial[], engines: readonly Engine[]): string {
  const { cpu, cores, kernel, virtual } = describeMachine();
  const names = engines.map(({ runtime }) => runtime.name);
  const versions = engines.map(({ runtime, found }) => `${runtime.name} ${found.version}`);
  const failed = trials.filter(({ wrong }) => wrong !== undefined);
  const used = subjects.filter(({ name }) => trials.some(({ subject }) => subject === name));
  const rows = used.map(({ name, what }) => {
    const sizes = trials.filter(({ subject }) => subject === name).map(({ bytes }) => bytes);
    const middle = sizes.toSorted((a, b) => a - b)[sizes.length >> 1]!;
    return `| ${name} | ${what} | ${sizes.length} | ${(middle / 1024).toFixed(1)} KiB |`;
  });
  const wrongs = failed.map(
    ({ subject, from, to, at, wrong }) => `- ${subject}, ${from} to ${to} after ${at}: ${wrong}`,
  );
  return `# Moving programs between runtimes

Written by \`npm run sweep:migrate\`: ${trials.length} times a program was stopped after a random number of branches on one
runtime and went on from its [state](../state-format.md) on another: ${versions.join(", ")}. In
${trials.length - failed.length} of ${trials.length} cases what it printed, the files it left, its exit code and its last state were those of
a run that was not stopped, to the bit. ${cores} cores of ${cpu}, ${kernel}, ${virtual}.

${table(trials, names)}

| program | what | moves | state (median) |
| ------- | ---- | ----- | -------------- |
${rows.join("\n")}
${wrongs.length === 0 ? "" : `\n## Not the same\n\n${wrongs.join("\n")}\n`}`;
}

/** The runtimes in their default tiers, and those that cannot run the host module at all, with the reason. */
async function usable(): Promise<Engine[]> {
  const engines: Engine[] = [];
  for (const engine of await foundEngines()) {
    const { runtime, tier } = engine;
    if (runtime.tiers[0] !== tier) continue;
    if (values.runtime !== undefined && !values.runtime.includes(runtime.name)) continue;
    try {
      const ready = await prepared(engine);
      const { exitCode, stderr } = await runHost(ready, ["app.wasm", "5"], newFolder(subjects[3]!));
      if (exitCode === 0) engines.push(ready);
      else process.stderr.write(`${runtime.name}: ${exitCode} ${stderr.slice(-300)}\n`);
    } catch (error) {
      process.stderr.write(`${runtime.name}: ${String(error)}\n`);
    }
  }
  return engines;
}

try {
  const engines = await usable();
  const random = randomNumbers(Number(values.seed));
  const trials: Trial[] = [];
  for (const subject of subjects) {
    if (values.program !== undefined && !values.program.includes(subject.name)) continue;
    const expected = await reference(subject, engines[0]!);
    for (const from of engines) {
      const final = await lastState(subject, from, expected.branches);
      for (const to of engines) {
        for (let count = 0; count < Number(values.points); count++) {
          const at = random() % expected.branches;
          trials.push(await trial(subject, { ...expected, final }, [from, to], at));
        }
      }
    }
    const wrong = trials.filter((one) => one.subject === subject.name && one.wrong !== undefined);
    process.stderr.write(`${subject.name}: ${expected.branches} branches, ${wrong.length} wrong\n`);
  }
  const text = write(trials, engines);
  if (values.program === undefined && values.runtime === undefined) {
    mkdirSync(dirname(page), { recursive: true });
    writeFileSync(page, text);
  } else process.stdout.write(text);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
