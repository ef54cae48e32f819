// Looks at whether docs/runtimes.md knows all runtimes and tiers, and runs its program on this Node.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { runtimes } from "../../src/runtimes/index.ts";
import { root } from "../root.ts";

const page = readFileSync(join(root, "docs/runtimes.md"), "utf8");

for (const { name, tiers } of runtimes) {
  test(`docs/runtimes.md knows ${name}`, () => {
    const line = page.split("\n").find((row) => row.startsWith(`| \`${name}\``));
    assert.ok(line !== undefined);
    if (line.includes("the same")) return;
    const told = line.split("|")[4]!.trim();
    assert.equal(told, tiers.map((tier) => `\`${tier.name}\``).join(", "));
  });
}

test("the program in docs/runtimes.md keeps a host", () => {
  const [, program = ""] = /^```js\n([^]*?)^```$/m.exec(page) ?? [];
  const index = pathToFileURL(join(root, ".build/src/runtimes/index.js")).href;
  const here = program
    .replace("wasmscope/runtimes", index)
    .replace("wasmtime:winch", "node")
    .replace("app.wasm", join(root, "workloads/fib.wasm"));
  const args = ["--input-type=module", "-e", here];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  assert.match(stdout, /firstCall: \{[^]*kind: 'exit', code: 0[^]*peakBytes: \d+/);
});
