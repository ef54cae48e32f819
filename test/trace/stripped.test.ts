import assert from "node:assert/strict";
import { closeSync, openSync, readSync } from "node:fs";
import { test } from "node:test";
import { runtimes } from "../../src/runtimes/index.ts";
import { catalogue } from "../../src/trace/catalogue.ts";
import { Elf } from "../../src/trace/elf.ts";
import { findFunctions } from "../../src/trace/find-functions.ts";
import type { FoundFunctions } from "../../src/trace/find-functions.ts";
import { missing } from "../skip.ts";

const found = await runtimes.find(({ name }) => name === "wazero")!.find();
const why = found.found ? undefined : `${found.why}: ${found.mend}`;

test(
  "finds the same in a program of Go's with its symbols and without",
  why === undefined ? {} : missing(why),
  () => {
    assert.ok(found.found);
    const row = catalogue.find(({ runtime }) => runtime === "wazero")!;
    const descriptor = openSync(found.path, "r");
    const elf = new Elf((offset, length) => {
      const bytes = new Uint8Array(length);
      return bytes.subarray(0, readSync(descriptor, bytes, 0, length, offset));
    });
    const bySymbols = findFunctions(elf, row)!;
    const byTable = findFunctions(elf, row, undefined, { functions: () => [] })!;
    closeSync(descriptor);
    const sorted = ({ entries }: FoundFunctions): unknown =>
      entries.toSorted((a, b) => a.name.localeCompare(b.name));
    assert.ok(bySymbols.entries.length >= 44);
    assert.deepEqual(sorted(byTable), sorted(bySymbols));
    assert.equal(byTable.goReturn, bySymbols.goReturn);
    // The table has the assembler's functions twice: as they are, and as Go calls them.
    for (const guest of bySymbols.guests) assert.ok(byTable.guests.includes(guest));
  },
);
