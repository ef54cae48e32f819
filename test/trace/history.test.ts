import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { installed } from "../../src/runtimes/index.ts";
import { whyNotEbpf } from "../../src/trace/index.ts";
import { missing } from "../skip.ts";
import { readHistory } from "./history.ts";

const work = mkdtempSync(join(tmpdir(), "wasi-history-"));
after(() => rmSync(work, { recursive: true, force: true }));

/** Whether a write goes to another thread and back, by version. */
const hops: readonly (readonly [selector: string, hops: boolean])[] = [
  ["wasmtime@17", false],
  ["wasmtime@36", true],
  ["wasmtime@50", true],
  ["wasmtime-cli", false],
];

const why = whyNotEbpf();
describe("a write of wasmtime's", why === undefined ? {} : missing(why), () => {
  for (const [selector, expected] of hops) {
    const [name, version] = selector.split("@");
    const there = installed(name!).some((one) => one.version.startsWith(version ?? ""));
    const mend = `${selector} is not installed: wasmscope runtimes install ${selector}`;
    test(
      `${expected ? "waits for another thread" : "stays on its thread"}: ${selector}`,
      there ? {} : missing(mend),
      async () => {
        const { write, seek } = await readHistory(selector, work, 500);
        assert.equal(write.calls, 500);
        assert.equal(seek.calls, 500);
        // One system call does the work, wherever it is made.
        assert.equal(write.fileCalls, 500);
        assert.equal(write.hops >= 0.5, expected, `${write.hops} hops a call`);
        assert.equal(write.ownFileCalls, expected ? 0 : 500);
      },
    );
  }
});
