import assert from "node:assert/strict";
import { test } from "node:test";
import { compareFiles, ewapaLedger, recordsPage, wasiRecords } from "../../src/bench/index.ts";
import type { BenchRecord, RecordSet, WasiCircumstances } from "../../src/bench/index.ts";
import { ewapaPage, ewapaLoads } from "../../src/bench/index.ts";
import { writeBenchHtml, writeBenchMarkdown } from "../../src/report/index.ts";
import { wasiLines } from "../../src/cli/commands/wasi-records.ts";
import type { ShownFinding, WasiRow } from "../../src/cli/commands/wasi-row.ts";
import { recordSet } from "../../src/cli/bench-page.ts";
import { observation, observedFunction } from "./observations.ts";

const futex = { name: "futex", count: 100, timeNs: 4e6, bytes: 0, errors: 0 };
const seen = observation("alpha", [
  observedFunction("fd_write", 50, { helperSyscalls: [futex], correctedNs: 100_000, bandNs: 900 }),
]);

function at(changes: Partial<WasiCircumstances> = {}): WasiCircumstances {
  return {
    run: "r",
    time: "2026-01-01T00:00:00Z",
    machine: "m",
    arm: "alpha@1.2.3",
    armIndex: 0,
    family: "none",
    module: "small-writes",
    moduleSha256: "",
    size: "50",
    block: 0,
    ...changes,
  };
}

test("puts each value of a run into a record of its own", () => {
  const records = wasiRecords(seen, at());
  const find = (metric: string, of: Partial<BenchRecord> = {}): number[] =>
    records
      .filter((record) => record.metric === metric)
      .filter((record) => record.func === of.func && record.syscall === of.syscall)
      .filter((record) => record.thread === of.thread)
      .map(({ value }) => value);
  assert.deepEqual(find("total"), [seen.times!.totalNs]);
  assert.deepEqual(find("wasi-syscalls"), [75_000]);
  assert.deepEqual(find("calls", { func: "fd_write" }), [50]);
  assert.deepEqual(find("corrected-time", { func: "fd_write" }), [100_000]);
  assert.deepEqual(find("syscalls", { func: "fd_write", syscall: "write" }), [50]);
  const helper = { func: "fd_write", syscall: "futex", thread: "helper" } as const;
  assert.deepEqual(find("syscalls", helper), [100]);
  assert.deepEqual(find("syscalls", { syscall: "mmap" }), [30]);
  assert.ok(records.every(({ by, level }) => by === "ebpf" && level === "cold"));
});

const finding: ShownFinding = {
  runtime: "alpha",
  version: "1.2.3",
  tier: "default",
  load: "app.wasm",
  size: 1,
  function: "fd_write",
  kind: "copies",
  evidence: "<b>",
  cause: "why",
  factor: 3,
};
const seenRow: WasiRow = {
  load: "app.wasm",
  size: 1,
  sizeText: "in",
  family: "none",
  arm: "alpha@1.2.3",
  ...seen,
};
const failed: WasiRow = {
  load: "app.wasm",
  size: 1,
  sizeText: "in",
  family: "none",
  arm: "beta@1",
  runtime: "beta",
  version: "1",
  tier: "default",
  failed: "no symbols",
};

function idsOf(set: RecordSet): string[] {
  return recordsPage(set, "again").sections.map(({ id }) => id);
}

test("makes a page of a run: times, findings, functions, system calls, failures", () => {
  const set = recordSet(wasiLines([seenRow, failed], [finding], "0f"));
  assert.equal(set.findings[0]!.func, "fd_write");
  assert.equal(set.failures[0]!.message, "no symbols");
  assert.deepEqual(idsOf(set), ["wasi", "wasi-findings", "wasi-load-1", "failures", "repeat"]);
  const page = recordsPage(set, "again");
  const html = new TextDecoder().decode(writeBenchHtml(page));
  for (const text of ["Where the time of a run goes", "fd_write", "futex", "copies", "&lt;b"]) {
    assert.ok(html.includes(text), text);
  }
  const markdown = writeBenchMarkdown(page);
  assert.match(markdown, /another thread/);
  // What was timed without looking keeps its own sections, and tables of runs have none of these.
  assert.deepEqual(
    recordsPage({ ...set, records: [] }, "again").sections.map(({ id }) => id),
    ["failures", "repeat"],
  );
});

test("a start whose steps were seen is drawn step by step", () => {
  const startSteps = [
    { name: "ready", ns: 30e6 },
    { name: "compile", ns: 4e6 },
  ];
  const records = wasiRecords(observation("alpha", [], { startSteps }), at());
  const page = recordsPage({ records, failures: [], findings: [], machines: [] }, "again");
  const figure = page.sections[0]!.figures[0]!;
  assert.ok(figure.kind === "stacks");
  assert.deepEqual(figure.parts.slice(0, 4), ["runtime ready", "compile", "start-up", "guest"]);
  assert.deepEqual(figure.groups[0]!.rows[0]!.values.slice(0, 4), [30e6, 4e6, 6e6, 3e6]);
});

test("growth is drawn from three sizes on", () => {
  const records = [10, 20, 40].flatMap((size) =>
    wasiRecords(
      observation("alpha", [observedFunction("fd_write", size)]),
      at({ size: `${size}` }),
    ),
  );
  const page = recordsPage({ records, failures: [], findings: [], machines: [] }, "again");
  const kinds = page.sections[0]!.figures.map(({ kind }) => kind);
  assert.deepEqual(kinds, ["stacks", "stacks", "lines"]);
});

test("counts of two files are compared by function and system call, exactly", () => {
  const more = observation("alpha", [
    observedFunction("fd_write", 50, {
      syscalls: [{ name: "write", count: 75, timeNs: 1, bytes: 0, errors: 0 }],
      contextSwitches: 900,
    }),
  ]);
  const { changes } = compareFiles(
    wasiRecords(observation("alpha", [observedFunction("fd_write", 50)]), at()),
    wasiRecords(more, at()),
    { limit: 0.05 },
  );
  const grown = changes.filter(({ verdict }) => verdict === "slower");
  assert.deepEqual(
    grown.map(({ metric, ratio }) => [metric, ratio]),
    [["syscalls fd_write write", 1.5]],
  );
});

/** Records of runtimes of which `slow` hands writes over and takes its time. */
function measured(): BenchRecord[] {
  const arms = [
    { arm: "wasmtime@50", runtime: "wasmtime", factor: 5, hops: 1 },
    { arm: "wasmtime-cli@50", runtime: "wasmtime-cli", factor: 1.5, hops: 0 },
    { arm: "node@20", runtime: "node", factor: 1, hops: 0 },
  ];
  return [0, 1, 2, 3, 4, 5].flatMap((block) =>
    ewapaLoads.flatMap(({ name: module, func, quick }) =>
      quick.flatMap((size) =>
        arms.flatMap(({ arm, runtime, factor, hops }, armIndex) => {
          const timeNs = size * 4000 * factor * (1 + block / 100);
          const p50Ns = timeNs / size;
          const fn = observedFunction(func, size, { timeNs, p50Ns, threadHops: hops * size });
          return wasiRecords(
            observation(runtime, [fn]),
            at({ arm, armIndex, module, size: `${size}`, block }),
          );
        }),
      ),
    ),
  );
}

test("the ledger judges by intervals over blocks", () => {
  const records = measured();
  const verdicts = Object.fromEntries(ewapaLedger(records).map(({ id, verdict }) => [id, verdict]));
  assert.deepEqual(verdicts, {
    "four-times": "reproduced",
    // All start alike.
    "startup-differs": "not reproduced",
    "reads-differ": "reproduced",
    "writes-differ": "reproduced",
    "proportion-differs": "reproduced",
    "two-anomalies": "not testable here",
    "wasmtime-7973-hops": "reproduced",
    "wasmtime-7973-cost": "reproduced",
    "wasmtime-8190-command": "reproduced",
    "wasmtime-8303-reads": "reproduced",
    "wasmer-3784": "not testable here",
    "wasmer-4475": "not testable here",
    "unbuffered-lines": "reproduced",
  });
  const cost = ewapaLedger(records).find(({ id }) => id === "wasmtime-7973-cost")!;
  assert.ok(Math.abs(cost.effect! - 5) < 1e-9);
  assert.match(cost.evidence, /as node@20/);
});

test("five blocks are too few for a verdict", () => {
  const few = measured().filter(({ block }) => block < 5);
  const judged = ewapaLedger(few).filter(({ verdict }) => verdict !== "not testable here");
  assert.deepEqual(
    judged.map(({ id }) => id),
    ["four-times"],
  );
});

test("the paper's page has its times and their growth", () => {
  const set = { records: measured(), failures: [], findings: [], machines: [] };
  const { sections } = ewapaPage(set, "again");
  const ids = sections.map(({ id }) => id);
  assert.deepEqual(ids.slice(0, 4), ["claims", "times", "growth", "wasi"]);
  const growth = sections[2]!.figures[0]!;
  assert.equal(growth.kind, "table");
  const row = growth.kind === "table" ? growth.rows[0]! : [];
  const wasi = row[3]!;
  assert.ok(typeof wasi === "object" && "mark" in wasi && Math.abs(wasi.mark.value - 1) < 1e-9);
});
