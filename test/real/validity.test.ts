import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { exactModes, instrument, Refusal } from "../../src/instrument/index.ts";
import { cache, isRunnable, rows, unprepared } from "./manifest.ts";

/** Instruments a module: the new bytes, or why not. */
function attempt(bytes: Uint8Array, mode: (typeof exactModes)[number]): Uint8Array | string {
  try {
    return instrument(bytes, { mode, sink: "export" }).bytes;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

describe("real modules that are not run stay valid", { skip: unprepared }, () => {
  for (const row of rows.filter((each) => !isRunnable(each)))
    for (const mode of exactModes)
      it(`${row.name} ${mode}`, (test) => {
        const bytes = readFileSync(join(cache, row.file));
        if (!WebAssembly.validate(bytes)) return test.skip("this Node does not know its features");
        const instrumented = attempt(bytes, mode);
        if (typeof instrumented === "string") return test.skip(`refused: ${instrumented}`);
        assert.ok(WebAssembly.validate(Buffer.from(instrumented)), "the result is not valid");
      });
});
