import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { record } from "../../test/host-abi/recorder.ts";
import { wasmToolsErrors, withoutWasmTools } from "../../test/host-abi/tool.ts";
import { wat } from "../../test/host-abi/wat.ts";
import { assemble, section } from "../../test/spec/assemble.ts";
import { DecodeError } from "../bytes/index.ts";
import { assembleBody, decodeModule, findSection, sectionId } from "../wasm/index.ts";
import { instrumentForHost, Refusal } from "./index.ts";

const sample = wat(`(module
  (import "env" "host" (func $host))
  (memory 1)
  (func $a (export "a") (call $b) (call $b))
  (func $b (if (i32.const 1) (then (return))) (call $host)))`);
const [a, b] = [1, 2];

function starts(bytes: Uint8Array): [index: number, count: number][] {
  const host = record();
  const module = new WebAssembly.Module(Uint8Array.from(bytes));
  const imports = { env: { host: () => {} }, ...host.imports };
  (new WebAssembly.Instance(module, imports).exports["a"] as () => void)();
  assert.deepEqual(host.open, []);
  return [...host.starts];
}

describe("instrumentForHost", () => {
  it("reports the functions asked for, by their original indices", () => {
    const only = (wanted: number): Uint8Array =>
      instrumentForHost(sample, { functions: (index) => index === wanted }).bytes;
    assert.deepEqual(starts(instrumentForHost(sample).bytes), [
      [a, 1],
      [b, 2],
    ]);
    assert.deepEqual(starts(only(a)), [[a, 1]]);
    assert.deepEqual(starts(only(b)), [[b, 2]]);
    assert.deepEqual(starts(instrumentForHost(sample, { functions: () => false }).bytes), []);
  });

  it("appends its imports under the module name asked for", () => {
    const { bytes } = instrumentForHost(sample, { importModule: "env" });
    const imports = decodeModule(bytes).imports.map(({ module, name }) => `${module}.${name}`);
    assert.deepEqual(imports, ["env.host", "env.perf_start", "env.perf_end"]);
    const twice = (): unknown => instrumentForHost(bytes, { importModule: "env" });
    assert.throws(twice, (error) => error instanceof Refusal && /already/.test(error.message));
    const other = decodeModule(instrumentForHost(bytes).bytes);
    assert.equal(other.importedFunctions, 5);
  });

  it("works on a module without imports, memory or functions", () => {
    const empty = wat("(module)");
    const { bytes } = instrumentForHost(empty);
    assert.ok(WebAssembly.validate(Uint8Array.from(bytes)));
    assert.equal(decodeModule(bytes).importedFunctions, 2);
  });

  it("copies what it has no reason to touch", () => {
    const module = decodeModule(sample);
    const after = decodeModule(instrumentForHost(sample, { functions: () => false }).bytes);
    for (const id of [sectionId.function, sectionId.memory]) {
      const [was, is] = [findSection(module, id)!, findSection(after, id)!];
      assert.deepEqual(
        after.bytes.subarray(is.start, is.end),
        module.bytes.subarray(was.start, was.end),
      );
    }
  });

  it("finds a block type for several results that are references with an index", (t) => {
    // (type $t (func)) (func (param i32) (result (ref null 0) i32) ...): no text assembler here knows these.
    const body = assembleBody([], [["ref.null", 0], ["i32.const", 1], "return"]);
    const bytes = assemble(
      section(1, [
        [0x60, 0, 0],
        [0x60, 1, 0x7f, 2, 0x63, 0, 0x7f],
      ]),
      section(3, [[1]]),
      section(10, [[body.length, ...body]]),
    );
    const { bytes: made } = instrumentForHost(bytes);
    const last = decodeModule(made).types.at(-1);
    assert.ok(last?.kind === "func");
    assert.deepEqual(
      [last.paramCount, last.resultCount, [...last.results]],
      [0, 2, [0x63, 0, 0x7f]],
    );
    if (withoutWasmTools !== false) return t.skip(withoutWasmTools);
    assert.equal(wasmToolsErrors(bytes), "");
    assert.equal(wasmToolsErrors(made), "");
  });

  it("drops custom sections that would speak of other offsets", () => {
    const debug = [0, 8, 6, ...Buffer.from(".debug"), 0];
    const line = [0, 12, 11, ...Buffer.from(".debug_line")];
    const { bytes } = instrumentForHost(Uint8Array.of(...sample, ...debug, ...line));
    const names = decodeModule(bytes).sections.map(({ customName }) => customName);
    assert.ok(names.includes(".debug") && !names.includes(".debug_line"));
  });

  it("throws only its own errors for bytes that are no module", () => {
    fc.assert(
      fc.property(fc.nat(sample.length - 1), fc.nat(255), (at, byte) => {
        const broken = sample.slice();
        broken[at] = byte;
        try {
          instrumentForHost(broken);
        } catch (error) {
          assert.ok(error instanceof DecodeError || error instanceof Refusal, String(error));
        }
      }),
      { numRuns: 2000 },
    );
  });
});
