import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import {
  bestWay,
  observe,
  observeByEbpf,
  observeByWord,
  observeTimed,
  whyNotEbpf,
} from "../../src/trace/index.ts";
import type { Observation } from "../../src/trace/index.ts";
import { foundEngines } from "../runtimes/engines.ts";
import type { FoundEngine } from "../runtimes/engines.ts";
import { missing } from "../skip.ts";
import { calledFunctions, callsGuest } from "./calls-guest.ts";
import { watchInAllWays } from "./one-run.ts";

const times = 1000;
const folder = mkdtempSync(join(tmpdir(), "ways-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const module = join(folder, "calls.wasm");
writeFileSync(module, callsGuest(times));

const engines = (await foundEngines()).filter(({ runtime, tier }) => tier === runtime.tiers[0]);
const why = whyNotEbpf();
const kernel = why === undefined ? {} : missing(why);
/** Runtimes whose symbols are known. */
const withSymbols = [
  "node",
  "wasmtime-cli",
  "wazero",
  "wasmi",
  "wasmer",
  "wasm3",
  "wasm2c",
  "wamr",
];

async function look(
  way: (engine: FoundEngine, job: Parameters<typeof observeTimed>[1]) => Promise<Observation>,
  engine: FoundEngine,
): Promise<Observation> {
  const [output, errors] = [join(folder, "stdout"), join(folder, "stderr")] as const;
  const [stdout, stderr] = [openSync(output, "w"), openSync(errors, "w")];
  try {
    const seen = await way(engine, {
      module,
      names: calledFunctions,
      args: ["calls"],
      env: {},
      dirs: [{ host: folder, guest: "." }],
      stdout,
      stderr,
    });
    assert.equal(readFileSync(output, "utf8"), ".".repeat(times));
    assert.equal(readFileSync(errors, "utf8"), "");
    assert.equal(seen.exitCode, 0);
    return seen;
  } finally {
    closeSync(stdout);
    closeSync(stderr);
  }
}

function countsOf({ functions }: Observation): Record<string, number> {
  return Object.fromEntries(functions.map(({ name, calls }) => [name, calls]));
}

const expected = Object.fromEntries(calledFunctions.map((name) => [name, times]));

/** Says that the parts of a run's time are all there. */
function assertWhole({ times: parts }: Observation): void {
  assert.ok(parts !== undefined);
  const { totalNs, startupNs, guestNs, wasiNs, syscallNs, teardownNs } = parts;
  for (const part of [startupNs, guestNs, wasiNs]) assert.ok(part > 0, String(part));
  assert.ok(syscallNs <= wasiNs);
  assert.ok(Math.abs(startupNs + guestNs + wasiNs + teardownNs - totalNs) < totalNs / 1000);
}

describe("clocks around the imports count all calls", () => {
  for (const engine of engines)
    test(engine.name, async () => {
      const seen = await look(observeTimed, engine);
      assert.deepEqual(countsOf(seen), expected);
      const written = seen.functions.find(({ name }) => name === "fd_write")!;
      assert.equal(written.bytes, times);
      assert.equal(written.askedBytes, times);
      assert.ok(written.correctedNs! > 0 && written.correctedNs! < written.timeNs);
      const sought = seen.functions.find(({ name }) => name === "fd_seek")!;
      assert.deepEqual(sought.errnoCodes, { 8: times });
    });
});

/** A garbage collector that moves what it keeps may move the word, and so does WAMR's interpreter. */
function mayMoveTheWord({ runtime }: (typeof engines)[number]): boolean {
  return runtime.family === "JVM" || runtime.name === "wamr";
}

/** How many of a runtime's own system calls may fall between word and probe: Go's signals come when they like. */
function ownSyscalls({ runtime }: (typeof engines)[number]): number {
  return runtime.name === "wazero" ? 3 : 0;
}

/** What the ways are compared on: a program that is there before the run, and a word that stays. */
const comparable = engines.filter(
  (engine) => withSymbols.includes(engine.runtime.name) && !mayMoveTheWord(engine),
);

describe("a word says to the kernel what is in flight", kernel, () => {
  for (const engine of engines)
    test(engine.name, async () => {
      const seen = await look(observeByWord, engine);
      assert.deepEqual(countsOf(seen), expected);
      // Where the word was moved, that is said.
      if (seen.way === "timed" && mayMoveTheWord(engine)) {
        return assert.match(seen.notes.join(), /has moved|was not found/);
      }
      assert.equal(seen.way, "word", seen.notes.join());
      assertWhole(seen);
      const written = seen.functions.find(({ name }) => name === "fd_write")!;
      const writes = [...written.syscalls, ...written.helperSyscalls].filter(({ name }) =>
        name.includes("write"),
      );
      assert.deepEqual(
        writes.map(({ count, bytes }) => [count, bytes]),
        [[times, times]],
      );
    });
});

describe("all ways agree on what was called", kernel, () => {
  for (const engine of comparable)
    test(engine.name, async () => {
      const probed = await look(observeByEbpf, engine);
      assert.deepEqual(countsOf(probed), expected);
      const worded = await look(observeByWord, engine);
      const writesIn = ({ functions }: Observation): unknown =>
        functions
          .find(({ name }) => name === "fd_write")!
          .syscalls.filter(({ name }) => name.includes("write"))
          .map(({ name, count, bytes }) => ({ name, count, bytes }));
      assert.deepEqual(writesIn(worded), writesIn(probed));
    });
});

describe("all ways see the same in one run", kernel, () => {
  for (const engine of comparable.filter(({ name }) => name !== "wasm2c:jit"))
    test(engine.name, async () => {
      const { functions } = await watchInAllWays(engine, { bytes: callsGuest(times), args: ["x"] });
      assert.ok(functions.length >= calledFunctions.length - 2);
      assert.deepEqual(
        functions.map(({ name, probes }) => [name, probes.calls]),
        functions.map(({ name, wrappers }) => [name, wrappers.calls]),
      );
      const apart = functions.filter(
        ({ probes, wrappers }) =>
          Math.abs(probes.syscalls - wrappers.syscalls) > ownSyscalls(engine),
      );
      assert.deepEqual(apart, []);
      for (const { name, probes, wrappers } of functions) {
        assert.equal(probes.calls, times, name);
        // The clocks are around all that the probes see.
        assert.ok(wrappers.ns >= probes.ns, name);
      }
    });
});

describe("a runtime whose symbols were stripped is watched by a word", kernel, () => {
  for (const engine of engines.filter(({ runtime }) => runtime.name === "wasmtime-cli"))
    test(engine.name, async (t) => {
      const path = join(folder, "stripped");
      const { error, status } = spawnSync("strip", ["-o", path, engine.found.path]);
      if (error !== undefined) return t.skip(missing("strip: apt-get install binutils").skip);
      assert.equal(status, 0);
      const stripped = { ...engine, found: { ...engine.found, path } };
      const job = { module, names: calledFunctions, args: ["calls"], env: {}, dirs: [] };
      assert.equal(bestWay(stripped, job).way, "word");
      const seen = await look(observe, stripped);
      assert.equal(seen.way, "word", seen.notes.join());
      assert.deepEqual(countsOf(seen), expected);
      const written = seen.functions.find(({ name }) => name === "fd_write")!;
      assert.deepEqual(
        written.syscalls.map(({ name, count }) => [name, count]),
        [["write", times]],
      );
    });
});
