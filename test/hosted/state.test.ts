import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  applyDelta,
  canonicalBytes,
  type HostedState,
  readState,
} from "../../src/hosted/state/index.ts";
import { wat } from "../host-abi/wat.ts";
import { root } from "../root.ts";
import { clockProgram, copyingProgram, inputProgram, statePrograms } from "./state-programs.ts";
import { hosts, inFolder, type Run, type RunHost } from "./state-runs.ts";

const stopped = 124;
const ownFailure = 125;
const node = hosts.get("node")!;
const later = hosts.get("wasmtime") ?? node;

const stateOf = (folder: string, name: string): HostedState =>
  readState(readFileSync(join(folder, name)));
const canonical = (folder: string, name: string): string =>
  Buffer.from(canonicalBytes(readFileSync(join(folder, name)))).toString("latin1");

/** Runs a program through with a state after each branch: gives what it printed and how many there were. */
function runThrough(folder: string): { readonly run: Run; readonly branches: number } {
  const run = node(["--checkpoint", "all", "--every-branches", "1", "app.wasm"], folder);
  assert.equal(run.exitCode, 0, run.stderr);
  const last = existsSync(join(folder, "all.delta")) ? "all.delta" : "all";
  return { run, branches: Number(stateOf(folder, last).branches) };
}

function stopAt(host: RunHost, count: number, folder: string): Run {
  const options = ["--checkpoint", "state", "--after-branches", `${count}`, "--stop"];
  const run = host([...options, "app.wasm"], folder);
  assert.equal(run.exitCode, stopped, run.stderr);
  return run;
}

/** Checks that stopping after `count` branches and going on elsewhere makes no difference. */
function checkStop(
  folder: string,
  count: number,
  through: ReturnType<typeof runThrough>,
  [before, behind]: readonly [RunHost, RunHost],
  final: string,
): void {
  const first = stopAt(before, count, folder);
  const options = ["--checkpoint", "end", "--after-branches", `${through.branches}`];
  const second = behind(["--resume", "state", ...options], folder);
  assert.equal(second.exitCode, 0, second.stderr);
  assert.equal(first.stdout + second.stdout, through.run.stdout, `after ${count} branches`);
  assert.equal(canonical(folder, "end"), final, `after ${count} branches`);
}

const steps = (branches: number, most: number): number[] =>
  Array.from({ length: branches }, (_, count) => count).filter(
    (count) => count % Math.ceil(branches / most) === 0,
  );

for (const [name, text] of Object.entries(statePrograms)) {
  test(`stopped anywhere, it goes on as if it had not been: ${name}`, () =>
    inFolder((folder) => {
      writeFileSync(join(folder, "app.wasm"), wat(text));
      const through = runThrough(folder);
      assert.equal(through.run.stdout, node(["app.wasm"], folder).stdout);
      assert.ok(through.branches > 15);
      node(["--checkpoint", "end", "--after-branches", `${through.branches}`, "app.wasm"], folder);
      const final = canonical(folder, "end");
      for (const count of steps(through.branches, 60)) {
        checkStop(folder, count, through, [node, node], final);
      }
      if (later === node) return;
      for (const count of steps(through.branches, 3)) {
        checkStop(folder, count, through, [node, later], final);
        checkStop(folder, count + 1, through, [later, node], final);
      }
    }));
}

test("a clock that only goes forward does so on another host, too", () =>
  inFolder((folder) => {
    writeFileSync(join(folder, "app.wasm"), wat(clockProgram));
    for (const order of [[node, later] as const, [later, node] as const]) {
      stopAt(order[0], 20, folder);
      assert.deepEqual([...stateOf(folder, "state").clocksNs.keys()], [1]);
      const { stdout, stderr } = order[1](["--resume", "state"], folder);
      assert.deepEqual([stdout, stderr], ["aaaaaaaaaaaaaaab\n", ""]);
    }
  }));

test("input that was read is passed over when that is asked for", () =>
  inFolder((folder) => {
    writeFileSync(join(folder, "app.wasm"), wat(inputProgram));
    const text = "0123456789".repeat(9);
    const expected = node(["app.wasm"], folder, text).stdout;
    const options = ["--checkpoint", "state", "--after-branches", "30", "--stop"];
    assert.equal(node([...options, "app.wasm"], folder, text).exitCode, stopped);
    const crossed = Number(stateOf(folder, "state").descriptors.find(({ fd }) => fd === 0)!.offset);
    assert.ok(crossed > 20 && crossed < 40);
    const skipping = ["--skip-input", "--resume", "state"];
    assert.equal(later(skipping, folder, text).stdout, expected);
    assert.equal(later(["--resume", "state"], folder, text.slice(crossed)).stdout, expected);
    assert.match(node(skipping, folder, "01").stderr, /the input is shorter than what the program/);
  }));

test("the same count gives the same state on all hosts", () =>
  inFolder((folder) => {
    writeFileSync(join(folder, "app.wasm"), wat(statePrograms["operands below calls"]!));
    const made = [...hosts].map(([, host]) => {
      stopAt(host, 77, folder);
      return canonical(folder, "state");
    });
    for (const state of made) assert.equal(state, made[0]);
  }));

test("a state tells of frames, tables, segments and memory", () =>
  inFolder((folder) => {
    writeFileSync(
      join(folder, "app.wasm"),
      wat(statePrograms["tables, segments and a growing memory"]!),
    );
    stopAt(node, 70, folder);
    const state = stateOf(folder, "state");
    const sha256 = createHash("sha256").update(readFileSync(join(folder, "app.wasm")));
    assert.equal(state.module.sha256, sha256.digest("hex"));
    assert.equal(state.branches, 70n);
    assert.deepEqual(state.args, ["app.wasm"]);
    assert.deepEqual(state.droppedData, [0, 1]);
    assert.deepEqual(state.droppedElements, [1]);
    assert.deepEqual(state.tables[0]!.elements.slice(3), [null, 2, 2, 2]);
    assert.equal(state.memories[0]!.sizePages, 5);
    assert.deepEqual(
      state.descriptors.map(({ fd, kind, path }) => [fd, kind, path]),
      [
        [3, "preopen", "/"],
        [0, "stream", ""],
        [1, "stream", ""],
        [2, "stream", ""],
      ],
    );
    assert.deepEqual(
      state.frames.at(-1)!.locals.map(({ type }) => type),
      ["i32", "i32"],
    );
  }));

const input = "The Quick Brown Fox Jumps Over The Lazy Dog.\n".repeat(3);
const changed = Buffer.from(input, "latin1").map((byte) => byte ^ 32);

function prepareCopy(folder: string): void {
  writeFileSync(join(folder, "app.wasm"), wat(copyingProgram));
  writeFileSync(join(folder, "in"), input);
}

test("files that are read and written go on where they were", () =>
  inFolder((folder) => {
    prepareCopy(folder);
    const through = runThrough(folder);
    assert.deepEqual(readFileSync(join(folder, "out")), Buffer.from(changed));
    const pairs = [...hosts.values()].flatMap((a) =>
      [...hosts.values()].map((b) => [a, b] as const),
    );
    for (const [before, behind] of pairs) {
      for (const count of steps(through.branches, 5)) {
        const first = stopAt(before, count, folder);
        const second = behind(["--resume", "state"], folder);
        assert.equal(first.stdout + second.stdout, through.run.stdout, second.stderr);
        assert.deepEqual(readFileSync(join(folder, "out")), Buffer.from(changed));
      }
    }
  }));

const fileChanges: readonly (readonly [what: string, change: (folder: string) => void, RegExp])[] =
  [
    [
      "longer",
      (folder) => writeFileSync(join(folder, "in"), `${input}more`),
      /the program's file in has changed since: it had 135 bytes and has 139/,
    ],
    [
      "written anew",
      (folder) => {
        writeFileSync(join(folder, "in"), input.toUpperCase());
        utimesSync(join(folder, "in"), 1e9, 1e9);
      },
      /the program's file in has changed since/,
    ],
    [
      "gone",
      (folder) => {
        mkdirSync(join(folder, "x"));
        writeFileSync(join(folder, "x/app.wasm"), readFileSync(join(folder, "app.wasm")));
        writeFileSync(join(folder, "x/state"), readFileSync(join(folder, "state")));
      },
      /the program's file in cannot be opened any more/,
    ],
  ];
for (const [what, change, message] of fileChanges) {
  test(`a file that is ${what} is said before anything runs`, () =>
    inFolder((folder) => {
      prepareCopy(folder);
      stopAt(node, 120, folder);
      change(folder);
      const where = existsSync(join(folder, "x")) ? join(folder, "x") : folder;
      const before = readFileSync(join(folder, "out"));
      const { exitCode, stderr, stdout } = node(["--resume", "state"], where);
      assert.deepEqual([exitCode, stdout], [ownFailure, ""]);
      assert.match(stderr, message);
      assert.deepEqual(readFileSync(join(folder, "out")), before);
    }));
}

test("files that were written further are cut back when that is asked for", () =>
  inFolder((folder) => {
    prepareCopy(folder);
    const options = ["--checkpoint", "state", "--after-branches", "120"];
    assert.equal(node([...options, "app.wasm"], folder).exitCode, 0);
    assert.match(node(["--resume", "state"], folder).stderr, /out has changed since: it had/);
    writeFileSync(join(folder, "out"), changed.toString() + "and more");
    const { exitCode, stderr } = node(["--rewind-files", "--resume", "state"], folder);
    assert.deepEqual([exitCode, stderr], [0, ""]);
    assert.deepEqual(readFileSync(join(folder, "out")), Buffer.from(changed));
  }));

test("states that cannot be gone on with are refused with the reason", () =>
  inFolder((folder) => {
    writeFileSync(join(folder, "app.wasm"), wat(statePrograms["tail calls"]!));
    stopAt(node, 50, folder);
    const good = readFileSync(join(folder, "state"));
    const refused = (bytes: Uint8Array, module = "app.wasm"): string => {
      writeFileSync(join(folder, "bad"), bytes);
      const { exitCode, stdout, stderr } = node(["--resume", "bad", module], folder);
      assert.deepEqual([exitCode, stdout], [ownFailure, ""], stderr);
      return stderr;
    };
    for (let length = 0; length < good.length; length += 1 + (length >> 3)) {
      assert.match(
        refused(good.subarray(0, length)),
        /bad: (is no state|the state is)/,
        `${length}`,
      );
    }
    for (let at = 16; at < good.length; at += 1 + (at >> 4)) {
      const damaged = Buffer.from(good);
      damaged[at]! ^= 1 << (at % 8);
      assert.match(refused(damaged), /bad: the state is (damaged|cut off)/, `${at}`);
    }
    const newer = Buffer.from(good);
    newer[8] = 9;
    assert.match(refused(newer), /newer version 9; this host reads up to 1/);
    writeFileSync(join(folder, "other.wasm"), wat(statePrograms["deep recursion"]!));
    assert.match(refused(good, "other.wasm"), /the state is one of another module/);
    assert.match(refused(good, "none.wasm"), /none\.wasm: cannot be opened/);
    assert.match(node(["--resume", "none"], folder).stderr, /none: cannot be opened/);
  }));

test("what follows the first state holds only what has changed since", () =>
  inFolder((folder) => {
    const fields = `(memory (export "memory") 17) (func (export "_start") (local $at i32)
      (loop $fill (i64.store (local.get $at)
        (i64.mul (i64.extend_i32_u (i32.add (local.get $at) (i32.const 1))) (i64.const 0x9e3779b97f4a7c15)))
        (br_if $fill (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8)))
          (i32.const 1048576))))
      (local.set $at (i32.const 0))
      (loop $more (i32.store (i32.const 8192) (local.get $at))
        (i32.store (i32.const 1048576) (local.get $at))
        (br_if $more (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1)))
          (i32.const 1000)))))`;
    writeFileSync(join(folder, "app.wasm"), wat(`(module ${fields})`));
    // 131072 branches fill the memory; the rest changes two pages.
    const options = ["--checkpoint", "s", "--after-branches", "131100", "--every-branches", "500"];
    assert.equal(node([...options, "app.wasm"], folder).exitCode, 0);
    assert.deepEqual(readdirSync(folder).toSorted(), ["app.wasm", "s", "s.delta"]);
    const [base, delta] = [stateOf(folder, "s"), stateOf(folder, "s.delta")];
    assert.deepEqual([base.branches, delta.branches], [131100n, 131600n]);
    assert.equal(delta.memories[0]!.pages.size, 2);
    assert.ok(
      readFileSync(join(folder, "s.delta")).length * 10 < readFileSync(join(folder, "s")).length,
    );
    const full = ["--checkpoint", "full", "--after-branches", "131600", "app.wasm"];
    assert.equal(node(full, folder).exitCode, 0);
    const { identity: _, ...whole } = applyDelta(base, delta);
    const { identity: __, ...expected } = stateOf(folder, "full");
    assert.deepEqual(whole, expected);
    const end = ["--checkpoint", "end", "--after-branches", "131999"];
    assert.equal(later(["--resume", "s.delta", ...end], folder).exitCode, 0);
    const afterDelta = canonical(folder, "end");
    assert.equal(node([...end, "app.wasm"], folder).exitCode, 0);
    assert.equal(canonical(folder, "end"), afterDelta);
    assert.equal(
      node(["--checkpoint", "s", "--after-branches", "9", "app.wasm"], folder).exitCode,
      0,
    );
    assert.match(
      node(["--resume", "s.delta"], folder).stderr,
      /s: is not the state on which the other one builds/,
    );
  }));

test("a request in the control directory takes a state, or stops the program", () =>
  inFolder((folder) => {
    mkdirSync(join(folder, "control"));
    const text = statePrograms["no WASI and no memory"]!.replace(
      "i32.const 20",
      "i32.const 3000000",
    );
    writeFileSync(join(folder, "app.wasm"), wat(text));
    const request = (line: string): void =>
      writeFileSync(join(folder, "control/commands"), `${line}\n`);
    request("stop control/state");
    const { exitCode, stderr } = node(["--control", "control", "app.wasm"], folder);
    assert.equal(exitCode, stopped, stderr);
    assert.deepEqual(readdirSync(join(folder, "control")), ["answers", "state"]);
    request("checkpoint other");
    const options = ["--resume", "control/state", "--control", "control"];
    assert.equal(node(options, folder).exitCode, 0);
    const [stop, more] = [stateOf(folder, "control/state"), stateOf(folder, "other")];
    assert.equal(more.branches, stop.branches);
    assert.equal(canonical(folder, "control/state"), canonical(folder, "other"));
  }));

test("a state that cannot be written is said, and the program goes on", () =>
  inFolder((folder) => {
    writeFileSync(join(folder, "app.wasm"), wat(statePrograms["tail calls"]!));
    const options = ["--checkpoint", "no/such/folder", "--after-branches", "20", "--stop"];
    const { exitCode, stdout, stderr } = node([...options, "app.wasm"], folder);
    assert.match(stderr, /no\/such\/folder: the state cannot be written/);
    assert.deepEqual([exitCode, stdout.length], [0, 17]);
  }));

interface Workload {
  readonly name: string;
  readonly file: string;
  readonly sizes: Record<string, { readonly args: readonly string[] }>;
}
const { workloads } = JSON.parse(readFileSync(join(root, "workloads/manifest.json"), "utf8")) as {
  workloads: readonly Workload[];
};

for (const { name, file, sizes } of workloads.filter(({ name: n }) =>
  /^(json|huff|wordcount)$/.test(n),
)) {
  test(`a compiled program goes on elsewhere: ${name}`, () =>
    inFolder((folder) => {
      writeFileSync(join(folder, "app.wasm"), readFileSync(join(root, file)));
      writeFileSync(join(folder, "LICENSE"), readFileSync(join(root, "LICENSE")));
      const command = ["app.wasm", ...sizes["mini"]!.args];
      const expected = node(command, folder);
      assert.equal(expected.exitCode, 0, expected.stderr);
      for (const [index, count] of [5, 1000, 30_011, 222_222].entries()) {
        const order = index % 2 === 0 ? [node, later] : [later, node];
        const options = ["--checkpoint", "state", "--after-branches", `${count}`, "--stop"];
        const first = order[0]!([...options, ...command], folder);
        if (first.exitCode === 0) continue;
        assert.equal(first.exitCode, stopped, first.stderr);
        const second = order[1]!(["--resume", "state"], folder);
        assert.equal(second.exitCode, expected.exitCode, second.stderr);
        assert.equal(first.stdout + second.stdout, expected.stdout, `after ${count}`);
      }
    }));
}
