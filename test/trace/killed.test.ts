import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import { whyNotEbpf } from "../../src/trace/index.ts";
import { root } from "../root.ts";
import { missing } from "../skip.ts";

const why = whyNotEbpf();
const skip = why === undefined ? {} : missing(why);

/** Commands of bpf(2) that give a descriptor for an id, while there still is what has it. */
const byId = { prog_id: 13, map_id: 14, link_id: 30 } as const;
type Kind = keyof typeof byId;

interface Koffi {
  load(path: null): { func(prototype: string): (...args: unknown[]) => number };
}

/** Lists what of the kernel's a process holds, from what /proc says of its descriptors. */
function held(pid: number): [Kind, number][] {
  const folder = `/proc/${pid}/fdinfo`;
  return readdirSync(folder).flatMap((descriptor) => {
    const text = textOf(join(folder, descriptor));
    // A link names its program, too.
    const [, kind, id] =
      /^(link_id):\t(\d+)$/m.exec(text) ?? /^(prog_id|map_id):\t(\d+)$/m.exec(text) ?? [];
    return kind === undefined ? [] : [[kind as Kind, Number(id)] as [Kind, number]];
  });
}

/** Reads a file of /proc, which may be gone by now. */
function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function isThere([kind, id]: [Kind, number]): boolean {
  const koffi = createRequire(import.meta.url)("koffi") as Koffi;
  const bpf = koffi
    .load(null)
    .func("long syscall(long number, int cmd, void *attributes, uint size)");
  const attributes = Buffer.alloc(16);
  attributes.writeUInt32LE(id, 0);
  const descriptor = bpf(321, byId[kind], attributes, 16);
  if (descriptor < 0) return false;
  koffi.load(null).func("int close(int descriptor)")(descriptor);
  return true;
}

function childrenOf(pid: number): number[] {
  return textOf(`/proc/${pid}/task/${pid}/children`).trim().split(" ").filter(Boolean).map(Number);
}

function runs(pid: number): boolean {
  // One that has ended and that nobody has waited for does not run.
  return /\) [^ZX]/.test(textOf(`/proc/${pid}/stat`));
}

async function until(holds: () => boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 1500; tries++) {
    if (holds()) return;
    await sleep(20);
  }
  assert.fail(`never came true: ${what}`);
}

/** Lists processes whose environment has a text. */
function processesOf(text: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => textOf(`/proc/${pid}/environ`).includes(text) && runs(pid));
}

/** Starts the command line on a guest that goes on for long. */
function startTool(folder: string): ChildProcess {
  const main = join(root, ".build/src/cli/main.js");
  const module = join(root, "workloads/io.wasm");
  const load = ["--dir", ".", "--", "writes", "100000000", "16"];
  return spawn(process.execPath, [main, "wasi", module, ...load], {
    cwd: folder,
    stdio: "ignore",
    // Its first run calibrates; what it starts has the folder's name in its environment.
    env: { ...process.env, WASMSCOPE_CACHE: join(folder, "cache") },
    timeout: 120_000,
    killSignal: "SIGKILL",
  });
}

test("leaves no probe and no process when it is killed", skip, async () => {
  const folder = mkdtempSync(join(tmpdir(), "wasmscope-killed-"));
  const tool = startTool(folder);
  const links = (): number => held(tool.pid!).filter(([kind]) => kind === "link_id").length;
  try {
    // Six tracepoints, and what is entered and left.
    await until(() => links() >= 8 && childrenOf(tool.pid!).length > 0, "probes are attached");
    const [objects, processes] = [held(tool.pid!), childrenOf(tool.pid!)];
    assert.ok(objects.every(isThere));
    assert.ok(processes.every(runs));
    tool.kill("SIGKILL");
    await until(() => !processes.some(runs), "its processes have ended");
    await until(() => !objects.some(isThere), "the kernel has let go of its programs");
  } finally {
    tool.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
});

test("leaves nothing at whatever moment it is killed", skip, async () => {
  for (const ms of [400, 900, 1500, 2200]) {
    const folder = mkdtempSync(join(tmpdir(), "wasmscope-killed-"));
    const tool = startTool(folder);
    try {
      await sleep(ms);
      const objects = held(tool.pid!);
      tool.kill("SIGKILL");
      await until(() => processesOf(folder).length === 0, "its processes have ended");
      await until(() => !objects.some(isThere), "the kernel has let go of its programs");
    } finally {
      tool.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    }
  }
});
