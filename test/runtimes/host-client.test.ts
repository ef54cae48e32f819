import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { EngineHost } from "../../src/runtimes/index.ts";
import type { LaunchedBy } from "../../src/runtimes/index.ts";
import { root } from "../root.ts";

const ready = '{"ready":true,"version":"1","startedNs":1,"readyNs":2}';

/** A host in a line of shell, ready before it does what it does. */
const host = (script: string): LaunchedBy => ({
  file: "sh",
  args: ["-c", `echo '${ready}'; ${script}`],
});

const load = { path: "x.wasm", from: "wasm" } as const;

for (const [what, script, failed, message] of [
  ["aborts", "read line; echo broken >&2; kill -ABRT $$", "crash", /^SIGABRT ended it: broken$/],
  ["ends in between", "read line; exit 3", "crash", /^it ended with 3$/],
  [
    "prints garbage",
    "read line; echo segmentation; sleep 60",
    "crash",
    /no answer: "segmentation"/,
  ],
  ["prints a line without an end", "yes | tr -d '\\n'", "crash", /without an end: "yyyy/],
  ["answers something else", "read line; echo '{\"a\":1}'; sleep 60", "crash", /no answer/],
  ["hangs", "read line; sleep 60", "timeout", /^load took more than 200 ms$/],
  ["is deaf and hangs", "sleep 60", "timeout", /^load took more than 200 ms$/],
  [
    "refuses",
    'read line; echo \'{"failed":"refused","message":"no"}\'; read line',
    "refused",
    /^no$/,
  ],
] as const) {
  test(`a host that ${what} is a value`, async () => {
    const engine = EngineHost.start(host(script));
    assert.ok("ready" in (await engine.ready));
    const first = await engine.load(load, failed === "timeout" ? 200 : 20_000);
    assert.ok("failed" in first);
    assert.equal(first.failed, failed);
    assert.match(first.message, message);
    if (failed !== "refused") {
      const later = await engine.load(load);
      assert.equal("failed" in later && later.failed, "crash");
    }
    const end = await engine.end();
    assert.ok(end.endNs >= end.startNs);
  });
}

test("a host that is not there is a value", async () => {
  const engine = EngineHost.start({ file: "/nowhere/host", args: [] });
  const answer = await engine.ready;
  assert.equal("failed" in answer && answer.failed, "crash");
  assert.match("failed" in answer ? answer.message : "", /No such file|ENOENT/);
  assert.notEqual((await engine.end()).failed, undefined);
});

test("a host that never gets ready is a value", async () => {
  const engine = EngineHost.start({ file: "sleep", args: ["60"] }, 100);
  const answer = await engine.ready;
  assert.equal("failed" in answer && answer.failed, "timeout");
  assert.equal((await engine.end()).signal, "SIGKILL");
});

test("says what a host's process cost", async () => {
  // Busy for as long as `times` needs to show it, on any machine.
  const busy = "read line; i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done";
  const engine = EngineHost.start(host(`${busy}; echo '{"done":true}'`));
  await engine.ready;
  const { code, usage, startNs, endNs } = await engine.end();
  assert.equal(code, 0);
  assert.ok(usage !== undefined && usage.userNs > 0 && usage.userNs < 10 * (endNs - startNs));
  assert.ok(usage.peakBytes > 100_000, String(usage.peakBytes));
});

/** Starts a tool that starts a host that starts a program, and gives the host's process and the program's. */
async function toolWithHost(): Promise<{ tool: ReturnType<typeof spawn>; pids: number[] }> {
  const index = join(root, ".build", "src", "runtimes", "index.js");
  const script = `
    import { EngineHost } from ${JSON.stringify(index)};
    const host = EngineHost.start({ file: "sh", args: ["-c", ${JSON.stringify(
      `sleep 600 & echo '${ready.replace('"1"', "\"'$!'\"")}'; wait`,
    )}] });
    const { version } = await host.ready;
    console.log(await host.pid, version);
    await host.load({ path: "x", from: "wasm" });`;
  const tool = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(tool.stdout, "data")) as [Buffer];
  return { tool, pids: line.toString().trim().split(" ").map(Number) };
}

for (const signal of ["SIGINT", "SIGTERM", "SIGKILL"] as const) {
  test(`${signal} leaves no host behind`, async () => {
    const { tool, pids } = await toolWithHost();
    assert.deepEqual(pids.map(runs), [true, true]);
    tool.kill(signal);
    const [, by] = (await once(tool, "exit")) as [number | null, string | null];
    assert.equal(by, signal);
    // What ends it is the kernel, soon.
    for (let at = 0; at < 2000 && pids.some(runs); at++) {
      await new Promise((go) => setTimeout(go, 10));
    }
    assert.deepEqual(pids.map(runs), [false, false]);
  });
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
