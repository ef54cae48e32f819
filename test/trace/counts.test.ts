import assert from "node:assert/strict";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { CannotRun, installed, runtimes } from "../../src/runtimes/index.ts";
import { observeByEbpf, whyNotEbpf } from "../../src/trace/index.ts";
import type { Observation } from "../../src/trace/index.ts";
import { missing } from "../skip.ts";
import { callsEach, twelveNames } from "./guests.ts";

const count = 1000;
const work = mkdtempSync(join(tmpdir(), "wasi-counts-"));
const module = join(work, "calls.wasm");
const nowhere = openSync(devNull, "w");
before(() => {
  writeFileSync(module, callsEach(count).bytes);
});
after(() => {
  closeSync(nowhere);
  rmSync(work, { recursive: true, force: true });
});

/** Every runtime that is there, in every version. */
const versions = runtimes.flatMap(({ name }) => {
  const all = installed(name).map(({ version }) => `${name}@${version}`);
  return all.length === 0 ? [name] : all;
});

/** Runtimes of whose WASI nothing has an address. */
const withoutAddresses = ["deno", "bun", "chicory"];

async function observe(selector: string): Promise<Observation | string> {
  const [name, version] = selector.split("@");
  const runtime = runtimes.find((one) => one.name === name)!;
  const found = await runtime.find(version);
  if (!found.found) return `${found.why}: ${found.mend}`;
  const folder = join(work, selector);
  mkdirSync(folder);
  return observeByEbpf(
    { runtime, found, tier: runtime.tiers[0]! },
    {
      module,
      names: ["path_open", ...twelveNames],
      args: ["calls"],
      env: {},
      dirs: [{ host: folder, guest: "." }],
      stdout: nowhere,
      calibrate: "none",
      timeoutMs: 60_000,
    },
  );
}

const why = whyNotEbpf();
describe("calls of WASI functions", why === undefined ? {} : missing(why), () => {
  for (const selector of versions) {
    test(`are counted one by one: ${selector}`, async (t) => {
      const name = selector.split("@")[0]!;
      if (withoutAddresses.includes(name)) {
        const seen = await observe(selector).catch((error: unknown) => error);
        if (typeof seen === "string") return t.skip(seen);
        assert.ok(seen instanceof CannotRun);
        return assert.match(seen.message, /JavaScript|Java:/);
      }
      const seen = await observe(selector);
      if (typeof seen === "string") return t.skip(seen);
      assert.equal(seen.exitCode, 0);
      const calls = new Map(seen.functions.map((one) => [one.name, one.calls]));
      assert.deepEqual(
        twelveNames.map((one) => [one, calls.get(one) ?? 0]),
        twelveNames.map((one) => [one, count]),
      );
    });
  }
});
