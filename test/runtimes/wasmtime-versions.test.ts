import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { EngineHost, runtimes } from "../../src/runtimes/index.ts";
import type { RunRequest } from "../../src/runtimes/index.ts";
import { environment, exits, library, traps } from "../cli/guests.ts";
import { missing } from "../skip.ts";

const folder = mkdtempSync(join(tmpdir(), "wasmscope-wasmtime-"));
after(() => rmSync(folder, { recursive: true }));

const file = (name: string): string => join(folder, name);
const modules = { exits: exits(3), traps, environment, library };
for (const [name, bytes] of Object.entries(modules)) writeFileSync(file(`${name}.wasm`), bytes);

const wasmtime = runtimes.find(({ name }) => name === "wasmtime")!;
/** The first of the Python package, the first of the C API, exits as traps, larger values, and the newest. */
const versions = ["0.19.0", "0.27", "0.28", "1", "17", "36", "37", "50"];

for (const version of versions) {
  const there = await wasmtime.find(version);
  const skip = there.found ? {} : missing(`${there.why}: ${there.mend}`);
  describe(`wasmtime ${version}`, skip, () => {
    for (const { name: tier, prepared } of wasmtime.tiers) {
      test(tier, async (context) => {
        const found = there;
        assert.ok(found.found);
        const without = found.without?.[tier];
        if (without !== undefined) return context.skip(without);
        const row = wasmtime.tiers.find(({ name }) => name === tier)!;
        const host = EngineHost.start(wasmtime.host!(found, row));
        const load = async (name: string): Promise<number> => {
          const job = { module: file(`${name}.wasm`), folder };
          const { artefact } = await wasmtime.prepare!(found, row, job);
          const from = prepared === undefined ? "wasm" : "artefact";
          const loaded = await host.load({ path: artefact, from });
          assert.ok("module" in loaded, JSON.stringify(loaded));
          return loaded.module;
        };
        const run = async (name: string, invoke?: RunRequest["invoke"]): Promise<object> => {
          const ran = await host.run({
            module: await load(name),
            args: ["guest", "argument"],
            env: { NAME: "it" },
            dirs: [{ host: folder, guest: "/" }],
            stdout: file("stdout"),
            ...(invoke === undefined ? {} : { invoke }),
          });
          assert.ok("end" in ran, JSON.stringify(ran));
          return { end: ran.end, values: ran.values, steady: ran.steadyNs?.length };
        };
        const nothing = { values: undefined, steady: undefined };
        try {
          assert.deepEqual(await run("exits"), { end: { kind: "exit", code: 3 }, ...nothing });
          assert.equal(readFileSync(file("stdout"), "utf8"), "to stdout\n");
          const message = "integer divide by zero";
          assert.deepEqual(await run("traps"), { end: { kind: "trap", message }, ...nothing });
          assert.deepEqual(await run("environment"), {
            end: { kind: "exit", code: 0 },
            ...nothing,
          });
          assert.equal(readFileSync(file("stdout"), "utf8"), "NAME=it\0argu");
          // Values beyond what doubles hold, and more than one result: sizes of structures must be right.
          const mix = { name: "mix", args: ["9007199254740993", "1.5", "2"], calls: 3 };
          assert.deepEqual(await run("library", mix), {
            end: { kind: "returned" },
            values: ["9007199254740993", "3.5"],
            steady: 2,
          });
        } finally {
          const { code } = await host.end();
          assert.equal(code, 0);
        }
      });
    }
  });
}
