import assert from "node:assert/strict";
import { test } from "node:test";
import { missing } from "./skip.ts";

test("what is missing is a skip with the reason, and an error where nothing may be missing", () => {
  const before = process.env["WASMSCOPE_CI"];
  try {
    delete process.env["WASMSCOPE_CI"];
    assert.deepEqual(missing("no tool: apt-get install tool"), {
      skip: "no tool: apt-get install tool",
    });
    process.env["WASMSCOPE_CI"] = "1";
    assert.throws(() => missing("no tool: apt-get install tool"), /apt-get install tool/);
  } finally {
    if (before === undefined) delete process.env["WASMSCOPE_CI"];
    else process.env["WASMSCOPE_CI"] = before;
  }
});
