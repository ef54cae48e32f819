import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { comparisonText, findingsText } from "../../src/cli/commands/wasi-comparison.ts";
import { wasiText } from "../../src/cli/commands/wasi-report.ts";
import { wasiJson } from "../../src/cli/commands/wasi-row.ts";
import type { ShownFinding, WasiRow } from "../../src/cli/commands/wasi-row.ts";
import type { Observation } from "../../src/trace/index.ts";
import { root } from "../root.ts";
import { missing } from "../skip.ts";
import { observation, observedFunction } from "./observations.ts";

const about = { load: "app.wasm", size: 1, sizeText: "in.txt", family: "none" };
const rowOf = (seen: Observation): WasiRow => ({
  ...about,
  arm: `${seen.runtime}@${seen.version}`,
  ...seen,
});
const futex = { name: "futex", count: 200, timeNs: 4e6, bytes: 0, errors: 0 };
const plain = rowOf(
  observation("alpha", [observedFunction("fd_write", 100), observedFunction("fd_close", 2)]),
);
const odd = rowOf(
  observation("beta", [
    observedFunction("fd_write", 100, {
      timeNs: 1_200_000,
      correctedNs: 1_000_000,
      bandNs: 50_000,
      errno: 3,
      threadHops: 100,
      contextSwitches: 7,
      syscalls: [futex],
      helperSyscalls: [{ ...futex, name: "pwrite64", count: 100 }],
    }),
  ]),
);
const calibrated = rowOf(
  observation("alpha", [observedFunction("fd_write", 100)], {
    startSteps: [
      { name: "ready", ns: 30e6 },
      { name: "compile", ns: 9e6 },
    ],
    calibration: {
      perCallNs: 1900,
      perCallBandNs: 100,
      perSyscallNs: 800,
      perSyscallBandNs: 90,
      perCallOutsideNs: 300,
    },
    correctedTimes: {
      totalNs: 44e6,
      startupNs: 40e6,
      guestNs: 2.9e6,
      wasiNs: 130_000,
      syscallNs: 70_000,
      teardownNs: 1e6,
    },
  }),
);
const failed: WasiRow = {
  ...about,
  runtime: "gamma",
  version: "9",
  tier: "default",
  arm: "gamma@9",
  failed: "no symbols",
};
const finding: ShownFinding = {
  runtime: "beta",
  version: "1.2.3",
  tier: "default",
  load: "app.wasm",
  size: 1,
  function: "fd_write",
  kind: "thread-hops",
  factor: 2.5,
  evidence: "each of 100 calls hands its work to another thread, and waits for it",
  cause: "the write is done by a pool of threads",
};
const wide = { width: 160, colors: false };

test("shows a bar, and columns that say something", () => {
  const text = wasiText(plain, wide);
  assert.match(text, /^\nalpha 1\.2\.3, app\.wasm in\.txt \(by eBPF\)\n {2}░+▒+[▓█]*·\n/);
  assert.match(
    text,
    /total 44\.4 ms: ░ startup 40\.0 ms, ▒ guest 3\.00 ms, ▓ WASI 408 µs, of which █ system calls 153 µs, ·\s+teardown 1\.00 ms/,
  );
  assert.match(text, /^ +calls +time +a call +p50 +p99 +in syscalls +syscalls +bytes +function$/m);
  assert.match(text, /^ +100 +400 µs +4\.00 µs .* 1\.00 +1\.56 KiB +fd_write: write 1\.00$/m);
});

test("shows corrected times, errors, hops and futexes where there are some", () => {
  const text = wasiText(odd, wide);
  const [head, line] = text.split("\n").filter((one) => /time|fd_write/.test(one));
  assert.match(head!, /time +corrected +± +a call .*errno +hops +futex +switches +function$/);
  assert.match(line!, /1\.20 ms +1\.00 ms +50\.0 µs +10\.0 µs .* 3 +1\.00 +2\.00 +0\.07 +fd_write/);
});

test("shows the parts of the start, what looking costs, and times without that", () => {
  const text = wasiText(calibrated, wide);
  assert.match(text, /^ {2}startup: runtime ready 30\.0 ms, compile 9\.00 ms$/m);
  assert.match(text, /looking costs 1\.90 µs ± 100 ns a call, 800 ns ± 90 ns a system call/);
  assert.match(text, /without that: total 44\.0 ms, .*WASI 130 µs, of which system calls 70\.0 µs/);
});

test("fits narrow terminals, numbers whole and calls, times and names there", () => {
  for (let width = 40; width <= 120; width++) {
    for (const row of [plain, odd, calibrated]) {
      const lines = wasiText(row, { width, colors: false }).split("\n").slice(2);
      const over = lines.filter((line) => line.length > width);
      assert.deepEqual(over, [], `at ${width}`);
      assert.match(lines.join("\n"), /^ +100 .*fd_write/m);
    }
    const compared = comparisonText([plain, odd], { width, colors: false }).split("\n");
    assert.deepEqual(
      compared.filter((line) => line.length > Math.max(width, 50)),
      [],
      `at ${width}`,
    );
  }
});

test("colours only where they are wanted", () => {
  const escape = "\u001b[";
  assert.ok(wasiText(plain, { width: 100, colors: true }).includes(escape));
  assert.ok(!wasiText(plain, wide).includes(escape));
  assert.ok(!(comparisonText([plain, odd], wide) + findingsText([finding], wide)).includes(escape));
});

test("--top leaves functions out, and says how many", () => {
  const text = wasiText(plain, { ...wide, top: 1 });
  assert.doesNotMatch(text, /fd_close/);
  assert.match(text, /… and 1 more, 8\.00 µs together/);
});

test("says how a guest ended, and why a runtime was not looked into", () => {
  const ended = rowOf(observation("alpha", [], { exitCode: 7 }));
  assert.match(wasiText(ended, wide), /the guest's exit code: 7/);
  const { times: _, ...untimed } = observation("alpha", []);
  assert.match(wasiText(rowOf(untimed), wide), /ended before its first WASI call/);
  assert.match(wasiText(failed, wide), /^\ngamma 9, app\.wasm in\.txt: no symbols\n$/);
});

test("sets runtimes beside each other, by function, with the ratio to the best", () => {
  const text = comparisonText([plain, odd, failed], wide);
  assert.match(text, /^ +fd_write +alpha 1\.2\.3 +100 +4\.00 µs +1\.00x +1\.00$/m);
  assert.match(text, /^ +beta 1\.2\.3 +100 +10\.0 µs +2\.50x +2\.00 +1\.00$/m);
  // One runtime alone has nothing beside it.
  assert.doesNotMatch(text, /fd_close/);
  assert.equal(comparisonText([plain, failed], wide), "");
});

test("shows findings, the largest factor first", () => {
  const text = findingsText([{ ...finding, factor: 1.5, kind: "copies" }, finding], wide);
  assert.match(
    text,
    /thread-hops, 2\.50x\n.*another thread.*\n.*pool of threads\n.*copies, 1\.50x/,
  );
  assert.equal(findingsText([], wide), "");
});

const validation = await import("@cfworker/json-schema").catch(() => undefined);

test(
  "the JSON is as the schema and the documentation say",
  validation === undefined ? missing("@cfworker/json-schema is missing: npm ci") : {},
  () => {
    const schema = JSON.parse(readFileSync(join(root, "docs/wasi.schema.json"), "utf8")) as object;
    const validator = new validation!.Validator(schema, "2020-12", false);
    const check = (value: unknown): { valid: boolean; errors: unknown } => {
      const { valid, errors } = validator.validate(value);
      return { valid, errors };
    };
    const json = JSON.parse(
      JSON.stringify(wasiJson([plain, odd, calibrated, failed], [finding])),
    ) as {
      runtimes: { functions: Record<string, unknown>[] }[];
    };
    assert.deepEqual(check(json), { valid: true, errors: [] });
    const [first] = json.runtimes;
    assert.deepEqual(Object.keys(first!).slice(0, 6), [
      "name",
      "version",
      "way",
      "times",
      "calibration",
      "functions",
    ]);
    assert.equal(first!.functions[0]!["correctedNs"], null);
    delete first!.functions[0]!["syscalls"];
    assert.equal(check(json).valid, false);
  },
);
