import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openDebugInfo } from "../../src/symbols/index.ts";
import type { SourceFrame } from "../../src/symbols/index.ts";
import { decodeModule } from "../../src/wasm/index.ts";
import { root } from "../root.ts";
import { missing } from "../skip.ts";
import { hasSymbolizer, instructionOffsets, symbolize } from "./symbolizer.ts";

interface Row {
  readonly name: string;
  readonly reason?: string;
  /** Path of a module that is there anyway, and its share of code without debugging data. */
  readonly file?: string;
}

const cache = join(root, ".cache/debug");
const manifest = join(cache, "manifest.json");
const built = existsSync(manifest)
  ? (JSON.parse(readFileSync(manifest, "utf8")) as readonly Row[])
  : undefined;

const rows: readonly Row[] = [
  ...(built ?? []),
  // Rust, through wasm-bindgen and wasm-opt; most of it has no debugging data.
  { name: "npm-imagecli", file: "node_modules/@jspawn/imagecli-wasm/imagecli.wasm" },
];

function skip(row: Row): { readonly skip?: string } {
  if (!hasSymbolizer) return missing("llvm-symbolizer-16: apt-get install llvm-16");
  if (row.reason === undefined) return {};
  // Distributions package Rust without a standard library for WASI.
  return row.name.startsWith("rust-") ? { skip: row.reason } : missing(row.reason);
}

if (built === undefined) {
  test("compares lines with llvm-symbolizer", missing("node scripts/debug-corpus.mjs"), () => {});
}

/** Writes frames as the tool does. */
function show(frames: readonly SourceFrame[]): string {
  if (frames.length === 0) return "?\n?:0:0";
  return frames
    .map((frame) => {
      const name = frame.mangledName ?? frame.name ?? "?";
      // Where the compiler gave no line we take a neighbour's.
      const place = `${frame.file ?? "?"}:${frame.line ?? 0}:${frame.column ?? 0}`;
      return `${name}\n${frame.approximate ? noLine : place}`;
    })
    .join("\n");
}

const noLine = "(no line)";

function withoutLine(frames: string): string {
  return frames.replace(/^(.*)\n.*:0:\d+$/m, `$1\n${noLine}`);
}

for (const row of rows) {
  test(
    `gives the frames that llvm-symbolizer gives, at every instruction: ${row.name}`,
    skip(row),
    () => {
      const file = row.file === undefined ? join(cache, `${row.name}.wasm`) : join(root, row.file);
      const module = decodeModule(readFileSync(file));
      const info = openDebugInfo(module)!;
      // Where there is nothing, a part is enough: it takes the other tool seconds.
      const offsets = instructionOffsets(module).filter(
        (offset, nth) =>
          row.file === undefined || info.framesAt(offset).length > 0 || nth % 64 === 0,
      );
      const expected = symbolize(module, offsets);
      assert.equal(expected.length, offsets.length);
      let covered = 0;
      let placed = 0;
      for (const [nth, offset] of offsets.entries()) {
        const frames = info.framesAt(offset);
        const own = show(frames);
        const theirs = frames[0]?.approximate ? withoutLine(expected[nth]!) : expected[nth]!;
        if (own !== theirs) assert.equal(own, theirs, `at offset 0x${offset.toString(16)}`);
        // TinyGo's linker leaves functions without rows of lines: nothing covers these.
        if (frames.length === 0 || /^.*\n\?:0:0/.test(expected[nth]!)) continue;
        covered++;
        if (frames[0]?.file !== undefined && frames[0].line !== undefined) placed++;
      }
      assert.ok(covered > 0);
      assert.ok(placed / covered >= 0.99, `${placed} of ${covered} instructions have a line`);
      assert.deepEqual(info.notes, []);
    },
  );
}
