// Measures how fast source lines are found: opens the debugging data of each module in a process of its own and asks
// for every instruction. Usage: npm run bench:lines [-- MODULE...]; without modules those of scripts/debug-corpus.mjs.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { openDebugInfo, scanSections } from "../src/symbols/index.ts";
import { decodeModule } from "../src/wasm/index.ts";
import { root } from "../test/root.ts";
import { instructionOffsets } from "../test/lines/symbolizer.ts";
import { describeMachine } from "./bench-machine.ts";

interface Measurement {
  readonly module: string;
  readonly fileMB: number;
  readonly dwarfMB: number;
  readonly instructions: number;
  /** Until the first answer, and until all; processor time. */
  readonly firstMs: number;
  readonly allMs: number;
  readonly peakMiB: number;
  readonly covered: number;
  readonly placed: number;
  readonly exact: number;
  readonly notes: readonly string[];
}

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

function measure(path: string): Measurement {
  const bytes = readFileSync(path);
  const module = decodeModule(bytes);
  const offsets = Uint32Array.from(instructionOffsets(module));
  const start = cpuMs();
  const info = openDebugInfo(module);
  if (info === undefined) throw new Error(`${path}: no debugging data`);
  info.framesAt(offsets[offsets.length >> 1]!);
  const first = cpuMs();
  let covered = 0;
  let placed = 0;
  let exact = 0;
  for (const offset of offsets) {
    const frame = info.framesAt(offset)[0];
    if (frame === undefined) continue;
    covered++;
    if (frame.file === undefined || frame.line === undefined) continue;
    placed++;
    if (!frame.approximate) exact++;
  }
  const dwarf = scanSections(bytes).filter(({ customName }) => customName?.startsWith(".debug_"));
  return {
    module: basename(path),
    fileMB: bytes.length / 1e6,
    dwarfMB: dwarf.reduce((sum, section) => sum + section.end - section.contentStart, 0) / 1e6,
    instructions: offsets.length,
    firstMs: first - start,
    allMs: cpuMs() - start,
    peakMiB: process.resourceUsage().maxRSS / 1024,
    covered,
    placed,
    exact,
    notes: info.notes,
  };
}

function inChild(path: string): Measurement {
  const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), "--child", path], {
    encoding: "utf8",
  });
  if (child.status !== 0) throw new Error(`${path}: ${child.stderr}`);
  return JSON.parse(child.stdout) as Measurement;
}

const share = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(2)} %`;

function row(found: Measurement): string {
  const cells = [
    found.module,
    found.fileMB.toFixed(1),
    found.dwarfMB.toFixed(1),
    found.instructions,
    found.firstMs.toFixed(0),
    found.allMs.toFixed(0),
    found.peakMiB.toFixed(0),
    share(found.covered, found.instructions),
    share(found.placed, found.covered),
    share(found.exact, found.covered),
  ];
  return `| ${cells.join(" | ")} |`;
}

function report(all: readonly Measurement[]): string {
  const machine = describeMachine();
  return `# How fast source lines are found

${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.kernel}, Node ${machine.node}, load average before: ${machine.loadBefore}.

Each module in a process of its own, asked for every instruction once. Times are processor time after the module is
decoded: until the first answer, and until all. Peak memory is the whole process's, with Node, the module and the list
of offsets. _Covered_ is the share of all instructions that the debugging data knows anything of; _with a line_ and
_exactly_ are shares of those: the rest of _with a line_ is code that the compiler gave no line and that takes its
neighbour's.

| module | MB | MB of DWARF | instructions | first ms | all ms | peak MiB | covered | with a line | exactly |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${all.map(row).join("\n")}
`;
}

function modules(): string[] {
  const cache = join(root, ".cache/debug");
  return readdirSync(cache)
    .filter((name) => name.endsWith(".wasm"))
    .toSorted()
    .map((name) => join(cache, name));
}

const [first, ...rest] = process.argv.slice(2);
if (first === "--child") {
  process.stdout.write(JSON.stringify(measure(rest[0]!)));
} else {
  const paths = first === undefined ? modules() : [first, ...rest];
  const all = paths.map((path) => {
    const found = inChild(path);
    console.log(row(found));
    for (const note of found.notes) console.log(`  ${note}`);
    return found;
  });
  writeFileSync(join(root, "docs/results/lines.md"), report(all));
}
