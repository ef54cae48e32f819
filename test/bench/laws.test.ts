import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { metrics, summarise } from "../../src/bench/index.ts";
import type { BenchRecord } from "../../src/bench/index.ts";
import { armsOf, bench, workload } from "./fakes.ts";
import type { TestRun } from "./fakes.ts";

describe("records of a run on Node", () => {
  let run: TestRun;
  const labels: string[] = [];
  before(async () => {
    const [first, second] = await armsOf("node", "node:liftoff");
    const third = { ...first!, label: "again" };
    const arms = [first!, second!, third];
    labels.push(...arms.map(({ label }) => label));
    run = await bench({ arms, tasks: [workload("fib")], repetitions: 4 });
  });

  const byProcess = (): BenchRecord[][] => {
    const groups = new Map<string, BenchRecord[]>();
    for (const record of run.records) {
      const key = `${record.arm} ${record.process}`;
      groups.set(key, [...(groups.get(key) ?? []), record]);
    }
    return [...groups.values()];
  };

  test("nothing failed, and the run says how it ended", () => {
    assert.deepEqual(run.failures, []);
    assert.equal(run.ends[0]!.stopped, "repetitions");
    assert.equal(run.ends[0]!.blocks, 4);
  });

  test("every block has every arm once: a cold command and a host each", () => {
    const blocks = new Set(run.records.map(({ block }) => block));
    for (const block of blocks) {
      for (const arm of labels) {
        const own = run.records.filter((record) => record.block === block && record.arm === arm);
        assert.equal(new Set(own.map(({ process }) => process)).size, 2);
        const totals = own.filter(
          ({ level, metric, by }) => level === "cold" && metric === "total" && by === "wall",
        );
        assert.equal(totals.length, 1);
      }
    }
  });

  test("the order of arms differs from block to block", () => {
    const orders = new Map<number, string[]>();
    for (const { block, arm } of run.records) {
      const order = orders.get(block) ?? [];
      if (!order.includes(arm)) order.push(arm);
      orders.set(block, order);
    }
    assert.ok(new Set([...orders.values()].map((order) => order.join(" "))).size > 1);
  });

  test("phases and what none explains sum to the whole", () => {
    const parts = new Set(metrics.filter(({ part }) => part !== undefined).map(({ name }) => name));
    for (const records of byProcess()) {
      const wall = records.filter(({ by }) => by === "wall");
      for (const level of ["cold", "warm"] as const) {
        for (const iteration of new Set(wall.map((record) => record.iteration))) {
          const own = wall.filter(
            (record) => record.level === level && record.iteration === iteration,
          );
          const whole = own.find(
            ({ metric }) => metric === (level === "cold" ? "host-total" : "total"),
          );
          if (whole === undefined || !own.some(({ metric }) => metric === "unexplained")) continue;
          const sum = own
            .filter(({ metric }) => parts.has(metric))
            .reduce((total, { value }) => total + value, 0);
          assert.ok(Math.abs(sum - whole.value) < 1, `${sum} of ${whole.value}`);
        }
      }
    }
  });

  test("no phase is negative, and little is unexplained", () => {
    const times = run.records.filter(({ unit }) => unit === "ns");
    assert.deepEqual(
      times.filter(({ metric, value }) => metric !== "unexplained" && value < 0),
      [],
    );
    for (const { arms } of summarise(run.records)) {
      for (const { phases, wall } of arms) {
        const rest = phases.find(({ metric }) => metric === "unexplained")!;
        // 2 % is the aim (docs/bench.md has figures); a machine under load takes the tool itself off its processor.
        assert.ok(rest.medianNs <= 0.1 * wall!.estimate, JSON.stringify(phases));
      }
    }
  });

  test("warm runs are several in a process, none of them the first", () => {
    const warm = run.records.filter(({ level, metric }) => level === "warm" && metric === "total");
    assert.ok(warm.length >= 4 * 3 * 5);
    assert.ok(warm.every(({ iteration }) => iteration >= 1));
  });

  test("the summary compares with the first arm, level by level", () => {
    const tables = summarise(run.records);
    assert.deepEqual(
      tables.map(({ level }) => level),
      ["cold", "warm"],
    );
    for (const { arms } of tables) {
      assert.deepEqual(
        arms.map(({ arm }) => arm),
        labels,
      );
      assert.equal(arms[0]!.ratio, undefined);
      assert.ok(arms[1]!.ratio!.estimate > 0);
      assert.ok(arms[1]!.ratio!.correctedP >= arms[1]!.ratio!.p);
    }
  });
});
