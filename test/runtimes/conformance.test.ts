import assert from "node:assert/strict";
import { test } from "node:test";
import {
  conformanceCases,
  knownLimit,
  runCase,
  runHostedCase,
} from "../../src/runtimes/conformance/index.ts";
import type { CaseResult, ConformanceCase } from "../../src/runtimes/conformance/index.ts";
import { EngineHost } from "../../src/runtimes/index.ts";
import { foundEngines } from "./engines.ts";
import type { FoundEngine } from "./engines.ts";

/** Cases that are run in fresh processes, which take their time: one of each kind. */
const inFreshProcesses =
  /^ends with (1|42) |unreachable|arguments|variables|apart|copies 100000|appends|writes 50|calculates/;

/** What a compiler or an interpreter may do otherwise: all tiers of a runtime have the same system. */
const inEachTier = /^traps|calculates|grows|calls|gives back|big module/;

const hosts = new Map<string, EngineHost>();

/** Runs a case in the engine's host where it has one; a host that is gone is started anew. */
async function run(engine: FoundEngine, tried: ConformanceCase): Promise<CaseResult> {
  const { runtime, found, tier, name } = engine;
  if (runtime.host === undefined) return runCase(engine, tried);
  const host = hosts.get(name) ?? EngineHost.start(runtime.host(found, tier));
  hosts.set(name, host);
  await host.ready;
  const result = await runHostedCase(host, tried);
  if (result.kind === "cannot") {
    host.kill();
    hosts.delete(name);
  }
  return result;
}

for (const engine of await foundEngines()) {
  const isDefault = engine.tier === engine.runtime.tiers[0];
  if (engine.runtime.host === undefined && !isDefault) continue;
  test(engine.name, async (t) => {
    for (const tried of conformanceCases) {
      if (engine.runtime.host === undefined && !inFreshProcesses.test(tried.name)) continue;
      if (!isDefault && !inEachTier.test(tried.name)) continue;
      const limit = knownLimit(engine.runtime.name, engine.tier.name, tried.name);
      await t.test(tried.name, limit === undefined ? {} : { skip: limit }, async () => {
        assert.deepEqual(await run(engine, tried), { kind: "ok" });
      });
    }
    await hosts.get(engine.name)?.end();
  });
}
