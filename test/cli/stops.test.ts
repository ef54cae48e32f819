import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { exactModes } from "../../src/instrument/index.ts";
import { wat } from "../oracle/wat.ts";
import { copies, floods, printsAndSpins, sleeps, spins } from "./guests.ts";
import { inFolder, script, spawnTool } from "./run.ts";

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the tool and acts once the guest has printed something. */
async function whenItPrints(
  args: readonly string[],
  act: (pid: number) => void | Promise<void>,
): Promise<Ended> {
  const child = spawn(process.execPath, [script, ...args], { stdio: ["pipe", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const printed = new Promise<void>((resolve) => {
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      resolve();
    });
  });
  const closed = once(child, "close") as Promise<[number | null, string | null]>;
  await Promise.race([printed, closed]);
  await act(child.pid!);
  const [code, signal] = await closed;
  return { code, signal, stdout, stderr };
}

test("stops an endless loop at a time limit, in every mode", async () => {
  await inFolder((folder) => {
    const file = join(folder, "spins.wasm");
    writeFileSync(file, spins);
    for (const mode of [...exactModes, "time"]) {
      const output = join(folder, `${mode}.json`);
      const args = ["profile", "--mode", mode, "--timeout", "100ms", "-o", output, file];
      const { code, stderr } = spawnTool(args);
      assert.equal(code, 124, stderr);
      assert.match(stderr, /\bspin\n/);
      assert.match(stderr, /Stopped by --timeout after 0\.1 s/);
      assert.match(stderr, /at spin \(0x[0-9a-f]+\)\n +at middle \(0x[0-9a-f]+\)\n/);
      assert.match(readFileSync(output, "utf8"), /Stopped by --timeout/);
    }
  });
});

for (const [signal, expected, mode] of [
  ["SIGINT", 130, "tree"],
  ["SIGINT", 130, "time"],
  ["SIGTERM", 143, "tree"],
] as const) {
  test(`stops at ${signal}, in mode ${mode}`, async () => {
    await inFolder(async (folder) => {
      const [file, output] = [join(folder, "spins.wasm"), join(folder, "out.folded")];
      writeFileSync(file, printsAndSpins);
      // A while after the print, so that what runs then has been entered, and looked at, on a slow machine, too.
      const kill = async (pid: number): Promise<void> => {
        await setTimeout(500);
        process.kill(pid, signal);
      };
      const ended = await whenItPrints(["profile", "-m", mode, "-o", output, file], kill);
      assert.equal(ended.code, expected, ended.stderr);
      assert.equal(ended.stdout, "spinning\n");
      assert.match(ended.stderr, new RegExp(`Stopped by ${signal}`));
      assert.match(readFileSync(output, "utf8"), /^_start;spin \d+$/m);
    });
  });
}

test("stops a guest that waits for input or sleeps", async () => {
  await inFolder(async (folder) => {
    for (const [name, bytes] of [
      ["copies", copies],
      ["sleeps", sleeps],
    ] as const) {
      const file = join(folder, `${name}.wasm`);
      writeFileSync(file, bytes);
      // The guest's input is a pipe that stays open.
      const { code, stderr } = await whenItPrints(
        ["profile", "--timeout", "100ms", file],
        () => {},
      );
      assert.equal(code, 124, stderr);
      assert.match(stderr, /at _start/);
    }
  });
});

test("counts are exact up to where the guest was stopped", async () => {
  // Wherever the guest is stopped, it cannot have executed more of one block than of the next, give or take the one
  // in which it stands; what it executed follows from how often it came around.
  const module = wat(`(module
    (func $leaf (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
    (func (export "_start") (local i32)
      (loop (local.set 0 (call $leaf (local.get 0))) (br 0))))`);
  await inFolder((folder) => {
    const [file, output] = [join(folder, "loop.wasm"), join(folder, "out.json")];
    writeFileSync(file, module);
    for (const mode of ["blocks", "tree"]) {
      spawnTool(["profile", "-q", "-m", mode, "--timeout", "50ms", "-o", output, file]);
      const { functions } = JSON.parse(readFileSync(output, "utf8")) as {
        functions: { name: string; calls: number; selfInsns: number }[];
      };
      const leaf = functions.find(({ name }) => name === "leaf")!;
      const start = functions.find(({ name }) => name === "_start")!;
      assert.equal(leaf.selfInsns, 3 * leaf.calls);
      // `loop` once, then four instructions around; the call is the second of them.
      const around = (start.selfInsns - 1) / 4;
      assert.ok(around === leaf.calls || around === leaf.calls + 0.5, `${around} ${leaf.calls}`);
    }
  });
});

test("a second Ctrl-C ends at once, and nothing is left behind", async () => {
  await inFolder(async (folder) => {
    const [file, output] = [join(folder, "spins.wasm"), join(folder, "out.folded")];
    writeFileSync(file, printsAndSpins);
    const { code, signal } = await whenItPrints(["profile", "-o", output, file], (pid) => {
      process.kill(pid, "SIGINT");
      process.kill(pid, "SIGINT");
    });
    // Two signals may become one, before the first is handled.
    if (code === null) assert.equal(signal, "SIGINT");
    else assert.ok(code === 130 && existsSync(output));
  });
});

test("ends at once when the guest hangs in a host call", async () => {
  await inFolder(async (folder) => {
    const file = join(folder, "floods.wasm");
    writeFileSync(file, floods);
    const child = spawn(process.execPath, [script, "profile", "--timeout", "50ms", file], {
      // Nobody reads the guest's output: it waits in a write for ever.
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const [, signal] = (await once(child, "exit")) as [number | null, string | null];
    child.stdout.destroy();
    assert.equal(signal, "SIGKILL");
    assert.match(stderr, /waits in a host call that does not return/);
  });
});

test("says what durations look like", async () => {
  await inFolder((folder) => {
    const file = join(folder, "spins.wasm");
    writeFileSync(file, spins);
    for (const wrong of ["soon", "-1s", "0", "5d", "1e9h"]) {
      const { code, stderr } = spawnTool(["profile", `--timeout=${wrong}`, file]);
      assert.equal(code, 125);
      assert.match(stderr, /--timeout wants a duration such as 500ms, 2s or 1m/);
    }
  });
});
