import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, test } from "node:test";
import { packageFile, whereIs } from "../../src/sys/index.ts";
import {
  buildTwin,
  drill,
  findFindings,
  loads,
  observeByEbpf,
  observeLoad,
  observeTwin,
  whyNotEbpf,
} from "../../src/trace/index.ts";
import type { FindingKind, LoadObservation } from "../../src/trace/index.ts";
import { decodeModule } from "../../src/wasm/index.ts";
import { missing } from "../skip.ts";
import { buildFaulty, faults, faultyRuntime } from "./faulty-runtime.ts";
import type { Fault } from "./faulty-runtime.ts";

/** By which load each fault shows, at which sizes, and as what. */
const shows: Readonly<
  Record<Fault, readonly [load: string, sizes: readonly number[], fn: string, kind: FindingKind]>
> = {
  "extra-syscall": ["small-writes", [500], "fd_write", "extra-syscalls"],
  copy: ["small-writes", [500], "fd_write", "copies"],
  "thread-hop": ["small-writes", [500], "fd_write", "thread-hops"],
  sleep: ["small-writes", [200], "fd_write", "waits"],
  "quadratic-listing": ["entries", [250, 500, 1000], "fd_readdir", "growth"],
  "tiny-reads": ["big-reads", [50], "fd_read", "small-pieces"],
  flush: ["small-writes", [50], "fd_write", "flushes"],
  "early-wake": ["sleeps", [10], "poll_oneoff", "early-wake"],
};

const names = decodeModule(readFileSync(packageFile("workloads/io.wasm")))
  .imports.filter(({ kind }) => kind === "func")
  .map(({ name }) => name);

const why = whyNotEbpf();
const built = why === undefined ? buildFaulty() : { why };
const skip = why ?? ("why" in built ? missing(built.why).skip : false);

describe("a runtime with a fault", { skip }, () => {
  const path = "path" in built ? built.path : "";
  const twins = new Map<string, LoadObservation>();
  let twin: Awaited<ReturnType<typeof buildTwin>>;
  before(async () => {
    twin = await buildTwin();
  });

  /** Observes a load on wazero with a fault or none, and natively, which is the same for all faults. */
  async function observe(
    name: string,
    sizes: readonly number[],
    fault?: Fault,
  ): Promise<LoadObservation[]> {
    const load = loads.find((one) => one.name === name)!;
    const observed: LoadObservation[] = [];
    for (const size of sizes) {
      const key = `${name} ${size}`;
      const native =
        twins.get(key) ?? (await observeLoad(load, size, (job) => observeTwin(twin, job)));
      twins.set(key, native);
      const runtime = faultyRuntime(path, fault);
      const one = await observeLoad(load, size, (job) => observeByEbpf(runtime, { ...job, names }));
      observed.push(native, one);
    }
    return observed;
  }

  for (const fault of faults) {
    const [load, sizes, name, kind] = shows[fault];
    test(`${fault} is found in ${name} when it is on, and not when it is off`, async () => {
      const is = (one: { function: string; kind: string }): boolean =>
        one.function === name && one.kind === kind;
      const on = findFindings(await observe(load, sizes, fault));
      assert.ok(on.some(is), `${kind} of ${name} is not among ${JSON.stringify(on, undefined, 1)}`);
      const off = findFindings(await observe(load, sizes));
      assert.deepEqual(off.filter(is), []);
      assert.deepEqual(
        [...on, ...off].filter(({ runtime }) => runtime === "native"),
        [],
      );
    });
  }

  const noPerf =
    whereIs("perf") === undefined && missing("no perf: apt-get install linux-perf").skip;
  test("stacks show the place of a fault", { skip: noPerf }, async () => {
    const fault = "extra-syscall";
    const found = findFindings(await observe("small-writes", [500], fault));
    const finding = found.find(({ function: name }) => name === "fd_write")!;
    assert.ok(finding.syscalls.length > 0);
    const { stacks, samples } = await drill(finding, faultyRuntime(path, fault));
    assert.ok(samples >= 250, `${samples} samples`);
    const [most] = stacks;
    assert.match(most!.frames[0]!, /wasi_snapshot_preview1\.fdWriteFn$/);
    assert.ok(most!.frames.some((frame) => frame.endsWith("(*file).writeAndLook")));
    assert.ok(most!.samples > samples / 2);
  });
});
