import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { asInPaper, syntheticRecords } from "../../../test/bench/synthetic-paper.ts";
import type { BenchRecord } from "../record.ts";
import type { LedgerEntry } from "./claims/claim.ts";
import { claims, ledgerOf } from "./ledger.ts";
import { nodefsScales } from "./nodefs.ts";

/** What follows from the paper's own numbers, whatever is measured. */
const fromTables = {
  "table1-rates-follow": "reproduced",
  "table1-dsb-throughout": "not reproduced",
  "table1-l1i": "not reproduced",
  "table1-symm-hits": "not reproduced",
  "table3-order": "reproduced",
};

describe("the claims' ledger", () => {
  it("has claims of every part of the paper, each once", () => {
    assert.ok(claims.length >= 15);
    assert.equal(new Set(claims.map(({ id }) => id)).size, claims.length);
    for (const part of ["Fig. 5", "III-C", "Fig. 6", "Fig. 7", "Fig. 8", "Fig. 9", "Fig. 11"]) {
      assert.ok(
        claims.some(({ where }) => where.startsWith(part)),
        part,
      );
    }
  });

  it("says of nothing measured that it is not testable, of the tables what they say", () => {
    const found = ledgerOf([]);
    for (const { id, verdict, effect, interval, evidence } of found) {
      const expected = (fromTables as Record<string, string>)[id] ?? "not testable here";
      assert.equal(verdict, expected, id);
      assert.equal(interval, null, id);
      if (verdict === "not testable here") assert.equal(effect, null, id);
      assert.ok(evidence.length > 20, id);
    }
  });

  const paper = ledgerOf(syntheticRecords(asInPaper));

  it("reproduces what is measured where runtimes behave as in the paper", () => {
    const measured = paper.filter(({ where }) => /^Fig\. [5789]/.test(where));
    assert.deepEqual(
      measured.filter(({ verdict }) => verdict !== "reproduced").map(({ id }) => id),
      ["fig9-over-a-second"],
    );
    for (const { id, effect, interval } of measured.slice(0, -1)) {
      assert.ok(interval!.low <= effect! && effect! <= interval!.high, id);
    }
  });

  it("finds the crossing of two cost lines, and says so of the old Wasmtime beside today's", () => {
    // 15e6 + 3 * 4 n^3 = 100e6 + 0.7 * 4 n^3; straight lines between the sizes are off by a few percent.
    const { effect, interval } = paper.find(({ id }) => id === "fig8-crossover")!;
    assert.ok(Math.abs(Math.log(effect! / (85e6 / 9.2) ** (1 / 3))) < 0.05, `${effect!}`);
    assert.ok(interval!.high / interval!.low < 1.1);
    const { evidence } = paper.find(({ id }) => id === "fig5-wasmer-behind")!;
    assert.match(evidence, /With the paper's Wasmtime 0\.19\.0: reproduced, 1\.\d+ \(/);
  });

  it("does not reproduce what is the other way round, nor what noise hides", () => {
    const swap = (of: string): string => (of === "wasmer" ? "wasmtime" : "wasmer");
    const swapped = asInPaper
      .filter(({ tier, version }) => tier === "cranelift" && version !== "0.19.0")
      .map((model) => ({ ...model, runtime: swap(model.runtime), arm: swap(model.runtime) }));
    const wrong = ledgerOf(syntheticRecords(swapped)).find(
      ({ id }) => id === "fig5-wasmer-behind",
    )!;
    assert.equal(wrong.verdict, "not reproduced");
    assert.ok(wrong.interval!.high < 1);

    const same = swapped.map((model) => ({ ...model, startNs: 1e7, unitNs: 1 }));
    const doubt = ledgerOf(syntheticRecords(same, { noise: 0.1 })).find(
      ({ id }) => id === "fig5-wasmer-behind",
    )!;
    assert.equal(doubt.verdict, "not reproduced");
    assert.match(doubt.evidence, /does not exclude the contrary/);
  });

  it("judges Emscripten's files by whole processes of the same loads", () => {
    const [any] = syntheticRecords(asInPaper);
    const records = (slower: number): BenchRecord[] =>
      nodefsScales.quick.loads.flatMap(({ module, size }) =>
        [0, 1, 2, 3, 4].flatMap((block) =>
          ["node", "emscripten-nodefs"].map((runtime, nth) => {
            const value = 1e8 * (1 + block / 100) * slower ** nth;
            const arm = { arm: runtime, armIndex: nth, runtime, tier: "default", block };
            return {
              ...any!,
              ...arm,
              module,
              size,
              level: "cold",
              metric: "total",
              by: "wall",
              value,
            } as const;
          }),
        ),
      );
    const judged = (slower: number): LedgerEntry =>
      ledgerOf(records(slower)).find(({ id }) => id === "nodefs-slow-files")!;
    const { verdict, effect } = judged(1.5);
    assert.deepEqual([verdict, effect!.toFixed(3)], ["reproduced", "1.500"]);
    assert.equal(judged(0.9).verdict, "not reproduced");
  });

  it("calls nobody the first or the last where runtimes are missing", () => {
    const few = asInPaper.filter(({ runtime, tier }) => runtime === "node" || tier === "aot");
    const found = ledgerOf(syntheticRecords(few)).filter(({ id }) => /best|worst/.test(id));
    const decided = found.filter(({ verdict }) => verdict !== "not testable here");
    assert.deepEqual(
      decided.map(({ id }) => id),
      ["fig9-no-best"],
    );
    assert.match(found[0]!.evidence, /wasmscope runtimes install wasmtime/);
  });

  it("keeps shares between nothing and all, whatever the noise", () => {
    const loud = ledgerOf(syntheticRecords(asInPaper, { blocks: 5, noise: 0.5 }));
    const { effect, interval } = loud.find(({ id }) => id === "fig7-execution-dominates")!;
    assert.ok(0 < interval!.low && interval!.low <= effect! && interval!.high < 1);
  });

  it("needs five blocks", () => {
    const few = ledgerOf(syntheticRecords(asInPaper, { blocks: 2 }));
    const measured = few.filter(({ where }) => /^Fig\. [5789]/.test(where));
    assert.deepEqual([...new Set(measured.map(({ verdict }) => verdict))], ["not testable here"]);
  });
});
