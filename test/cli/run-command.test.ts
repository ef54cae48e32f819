import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { proposalProbes } from "../../src/runtimes/features/proposals.ts";
import { runtimes } from "../../src/runtimes/index.ts";
import { missing } from "../skip.ts";
import { copies, environment, exits, library, spins, traps } from "./guests.ts";
import { script, spawnTool } from "./run.ts";

const folder = mkdtempSync(join(tmpdir(), "wasmscope-run-"));
after(() => rmSync(folder, { recursive: true }));

const noSetpriv =
  spawnSync("setpriv", ["--pdeathsig", "KILL", "--", "true"]).status === 0
    ? {}
    : missing("no setpriv --pdeathsig: apt-get install util-linux");

const guests = { copies, environment, exits: exits(3), library, spins, traps };
for (const [name, bytes] of Object.entries(guests)) {
  writeFileSync(join(folder, `${name}.wasm`), bytes);
}
writeFileSync(
  join(folder, "pages.wasm"),
  proposalProbes.find(({ feature }) => feature === "custom-page-sizes")!.module(),
);
const module = (name: keyof typeof guests): string => join(folder, `${name}.wasm`);

for (const name of ["node", "wasmtime"]) {
  const found = await runtimes.find((row) => row.name === name)!.find();
  const skip = found.found ? {} : missing(`${found.why}: ${found.mend}`);
  const on = ["--runtime", name];
  describe(`run on ${name}`, skip, () => {
    test("has the tool's streams, and the guest's exit code", () => {
      const { code, stdout, stderr } = spawnTool(["run", module("exits"), ...on]);
      assert.deepEqual([code, stdout, stderr], [3, "to stdout\n", "to stderr\n"]);
      const input = "a line\n";
      const copied = spawnTool(["run", module("copies"), ...on], { input });
      assert.deepEqual([copied.code, copied.stdout], [0, input]);
    });

    test("gives variables and arguments", () => {
      const args = ["run", module("environment"), ...on, "--env", "NAME=it", "--", "argument"];
      const { code, stdout } = spawnTool(args);
      assert.deepEqual([code, stdout], [0, "NAME=it\0argu"]);
    });

    test("calls one function", () => {
      const args = ["run", module("library"), ...on, "--invoke", "mix", "--", "7", "1", "2"];
      const { code, stdout } = spawnTool(args);
      assert.deepEqual([code, stdout], [0, "7 3\n"]);
    });

    test("says that a guest trapped", () => {
      const { code, stdout, stderr } = spawnTool(["run", module("traps"), ...on]);
      assert.deepEqual([code, stdout], [134, "before the trap\n"]);
      assert.match(stderr, /divide by zero/);
    });

    test("ends a guest whose time is over", () => {
      const { code, stderr } = spawnTool(["run", module("spins"), ...on, "--timeout", "300ms"]);
      assert.deepEqual([code, stderr], [124, "wasmscope: ended by --timeout\n"]);
    });

    test("refuses what is no module, in the engine's words", () => {
      const file = join(folder, "text.wasm");
      writeFileSync(file, "no module at all");
      const { code, stderr } = spawnTool(["run", file, ...on]);
      assert.equal(code, 125);
      assert.match(stderr, /magic/);
    });

    test("limits the guest's memory", () => {
      const args = ["run", module("exits"), ...on, "--memory"];
      assert.equal(spawnTool([...args, "128k"]).code, 3);
      const { code, stderr } = spawnTool([...args, "64k"]);
      assert.equal(code, 125);
      assert.match(stderr, /memory/i);
    });

    test("leaves nothing behind after Ctrl-C", async () => {
      // A variable tells the guest's processes from all others.
      const mark = `WASMSCOPE_TEST=${process.pid}-${name}`;
      const [variable = "", value = ""] = mark.split("=");
      const tool = spawn(process.execPath, [script, "run", module("spins"), ...on], {
        env: { ...process.env, [variable]: value },
        stdio: ["ignore", "ignore", "inherit"],
      });
      await until(() => marked(mark).length > 1);
      tool.kill("SIGINT");
      const [, signal] = (await once(tool, "exit")) as [number | null, string | null];
      assert.equal(signal, "SIGINT");
      await until(() => marked(mark).length === 0);
    });

    test("leaves nothing behind when it is killed", noSetpriv, async () => {
      const value = `${process.pid}-${name}-killed`;
      const tool = spawn(process.execPath, [script, "run", module("spins"), ...on], {
        env: { ...process.env, WASMSCOPE_TEST: value },
        stdio: ["ignore", "ignore", "inherit"],
      });
      const mark = `WASMSCOPE_TEST=${value}`;
      // Until the guest's own process has taken the place of what asks the kernel to end it.
      await until(() => marked(mark).some((pid) => commandOf(pid).includes("spins.wasm")));
      tool.kill("SIGKILL");
      await until(() => marked(mark).length === 0);
    });
  });
}

for (const [what, args] of [
  ["run", ["run"]],
  ["profile", ["profile", "-m", "calls"]],
] as const)
  test(`${what} says in a line what a module needs and the engine has not`, () => {
    const { code, stderr } = spawnTool([
      ...args,
      join(folder, "pages.wasm"),
      "--runtime",
      "node:liftoff",
    ]);
    assert.equal(code, 125);
    assert.match(
      stderr,
      /^wasmscope: error: cannot \w+ [^\n]*pages\.wasm: it needs custom-page-sizes, which node:liftoff \d[\d.]+ has not \([^\n]+\)\n$/,
    );
  });

test("bench has a row for an engine that has not what a module needs", () => {
  const args = ["bench", join(folder, "pages.wasm"), "-n", "1", "--runtime", "node:liftoff"];
  const { code, stdout } = spawnTool(args);
  assert.equal(code, 0);
  assert.match(stdout, /node.*:liftoff: unsupported: it needs custom-page-sizes, which /);
});

for (const [what, args, message] of [
  ["a runtime that nobody knows", ["--runtime", "nope"], /no runtime has the name "nope".* node, /],
  ["a tier that nobody knows", ["--runtime", "node:nope"], /it has: node:default, node:liftoff/],
  [
    "a version that is not there",
    ["--runtime", "node@1"],
    /type: wasmscope runtimes install node@1/,
  ],
  ["a size that is none", ["--memory", "much"], /--memory wants a size/],
] as const) {
  test(`run says what to do about ${what}`, () => {
    const { code, stderr } = spawnTool(["run", module("exits"), ...args]);
    assert.equal(code, 125);
    assert.match(stderr, message);
  });
}

/** Waits for what comes at once on a machine that has the time. */
async function until(happened: () => boolean): Promise<void> {
  for (let look = 0; look < 2000 && !happened(); look++) {
    await new Promise((go) => setTimeout(go, 10));
  }
  assert.ok(happened());
}

/** Gives a process's command line, but the tool's own and what starts the guest: theirs names `run` or `setpriv`. */
function commandOf(pid: string): string {
  try {
    const line = readFileSync(`/proc/${pid}/cmdline`, "latin1");
    return /^[^\0]*setpriv\0|\0run\0/.test(line) ? "" : line;
  } catch {
    return "";
  }
}

/** Lists processes with a variable in their environment. */
function marked(mark: string): string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, "utf8").includes(mark);
    } catch {
      return false;
    }
  });
}
