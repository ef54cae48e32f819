import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Evidence } from "../../src/bench/hpcc21/evidence.ts";
import { experiments } from "../../src/bench/hpcc21/experiments.ts";
import type { Experiment, Load } from "../../src/bench/hpcc21/experiments.ts";
import { nodefsScales } from "../../src/bench/hpcc21/nodefs.ts";
import { hpcc21Page } from "../../src/bench/hpcc21/page.ts";
import { taskOfLoad } from "../../src/bench/hpcc21/load-task.ts";
import { reproduce } from "../../src/bench/hpcc21/run.ts";
import type { ReproduceOptions, Unfinished } from "../../src/bench/hpcc21/run.ts";
import { loadManifest } from "../../src/bench/manifest.ts";
import type { RecordLine } from "../../src/bench/index.ts";
import { recordSet } from "../../src/cli/bench-page.ts";
import { armsOf } from "./fakes.ts";

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

function small(name: Experiment["name"], loads: readonly Load[], budgetSeconds = 3600): Experiment {
  const found = experiments.find((experiment) => experiment.name === name)!;
  const scale = { loads, blocks: 5, budgetSeconds };
  return { ...found, quick: scale, full: scale };
}

async function run(
  options: Pick<ReproduceOptions, "experiments"> & Partial<ReproduceOptions>,
): Promise<{ lines: RecordLine[]; unfinished: Unfinished[] }> {
  const lines: RecordLine[] = [];
  const unfinished = await reproduce({
    arms: await armsOf("node", "node:liftoff"),
    scale: "quick",
    run: "hpcc21-test",
    signal: new AbortController().signal,
    onRecord: (record) => lines.push(record),
    onProgress: () => {},
    ...options,
  });
  return { lines, unfinished };
}

const gemm: Load = { module: "polybench-gemm", size: "mini" };
/** Loads that count as the experiments' own by their sizes' names. */
const own = (module: string, size: string, args: string): Load => ({ module, size, args: [args] });

describe("the paper's experiments", () => {
  it("fit their times: five minutes, and forty", () => {
    for (const [scale, most] of [
      ["quick", 285],
      ["full", 2370],
    ] as const) {
      const all = [...experiments.map((one) => one[scale]), nodefsScales[scale]];
      assert.ok(sum(all.map(({ budgetSeconds }) => budgetSeconds)) <= most);
    }
  });

  it("have loads that the manifest knows, thirty kernels among them", () => {
    const rows = loadManifest().workloads;
    const all = experiments.flatMap(({ quick, full }) => [...quick.loads, ...full.loads]);
    for (const { module, size, args } of all) {
      const row = rows.find((candidate) => candidate.name === module);
      assert.ok(row !== undefined, module);
      assert.ok(args !== undefined || size in row.sizes, `${module} ${size}`);
    }
    const kernels = rows.filter(({ group }) => group === "polybench").map(({ name }) => name);
    const measured = experiments[0]!.full.loads.map(({ module }) => module);
    assert.deepEqual(measured.toSorted(), kernels.toSorted());
  });

  it("check outputs with the manifest where it has the same arguments", () => {
    const known = taskOfLoad({ module: "matmul", size: "300", args: ["300"] });
    const unknown = taskOfLoad({ module: "matmul", size: "450", args: ["450"] });
    assert.match(known.stdoutSha256!, /^[0-9a-f]{64}$/);
    assert.equal("stdoutSha256" in unknown, false);
    assert.deepEqual([unknown.size, unknown.args], ["450", ["450"]]);
  });

  it("give records that figures and claims follow from, with Node alone", async () => {
    const { lines, unfinished } = await run({
      experiments: [
        small("fig5", [own("polybench-gemm", "medium 10", "mini")]),
        small("fig7", [own("polybench-atax", "large", "mini")]),
      ],
    });
    assert.deepEqual(unfinished, []);
    const set = recordSet(lines);
    assert.deepEqual(set.failures, []);
    assert.ok(set.records.every(({ run: name }) => name === "hpcc21-test"));
    const evidence = new Evidence(set.records);
    const arms = evidence.samples.arms.map(({ arm }) => arm);
    assert.equal(arms.length, 2);
    assert.equal(evidence.points("fig5", arms).length, 1);
    const [fifty] = evidence.points("fig7", arms, "engine-total-50");
    assert.equal(fifty!.matrix.arms.length, 2);
    const { sections } = hpcc21Page(set, "again");
    for (const id of ["fig5", "fig7"]) {
      assert.ok(sections.find((section) => section.id === id)!.figures.length > 0, id);
    }
  });

  it("leave out what finds no time, and say so", async () => {
    const { lines, unfinished } = await run({ experiments: [small("fig5", [gemm], 0)] });
    assert.deepEqual(lines, []);
    assert.deepEqual(
      unfinished.map(({ load, blocks }) => [load.module, blocks]),
      [["polybench-gemm", 0]],
    );
  });

  it("end when the user says so, and keep what there is", async () => {
    const ending = new AbortController();
    const lines: RecordLine[] = [];
    await run({
      experiments: [small("fig5", [gemm, gemm]), small("fig9", [gemm])],
      signal: ending.signal,
      onRecord: (record) => lines.push(record),
      onProgress: ({ blocks }) => blocks === 1 && ending.abort(),
    });
    const blocks = lines.flatMap((line) => ("block" in line ? [line.block] : []));
    assert.ok(blocks.length > 0);
    assert.deepEqual([...new Set(blocks)], [0]);
  });
});
