import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { makeSalt, readSalted } from "./salt.ts";

test("salted modules are valid, keep all that they had, and differ from one another", () => {
  const folder = mkdtempSync(join(tmpdir(), "wasmscope-salt-"));
  try {
    const file = join(folder, "empty.wasm");
    const magic = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
    writeFileSync(file, Uint8Array.from(magic));
    const salt = makeSalt();
    const [first, second] = [readSalted(file, salt()), readSalted(file, salt())];
    for (const bytes of [first, second]) {
      assert.ok(WebAssembly.validate(bytes));
      assert.deepEqual([...bytes.subarray(0, magic.length)], magic);
      const sections = WebAssembly.Module.customSections(new WebAssembly.Module(bytes), "salt");
      assert.equal(sections.length, 1);
    }
    assert.notDeepEqual(first, second);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
