import assert from "node:assert/strict";
import { test } from "node:test";
import { wat } from "../../test/oracle/wat.ts";
import { decodeModule } from "../wasm/index.ts";
import { timeChoices } from "./time-choice.ts";

const many = "(nop)".repeat(1000);

/** What is chosen for `$f`, which is defined first and called by nothing that matters. */
const cases: Record<string, readonly [text: string, choice: string]> = {
  "a small leaf": ["(func $f)", "counted"],
  "one that branches": ["(func $f (block (br_if 0 (i32.const 1))))", "counted"],
  "a large one": [`(func $f ${many})`, "switched"],
  "a loop": ["(func $f (loop))", "switched"],
  "one that calls small ones": ["(func $f (call $g) (call $g)) (func $g)", "counted"],
  "one that calls a large one": [`(func $f (call $g)) (func $g ${many})`, "switched"],
  "one that calls enough small ones": [
    `(func $f ${"(call $g)".repeat(10)}) (func $g ${"(nop)".repeat(110)})`,
    "switched",
  ],
  "a recursion": ["(func $f (call $g)) (func $g (call $f))", "switched"],
  "one that calls the host": ["(func $f (call $host))", "switched"],
  "one that calls anything": [
    "(table 1 funcref) (func $f (call_indirect (i32.const 0)))",
    "switched",
  ],
  "one that fills memory": [
    "(memory 1) (func $f (memory.fill (i32.const 0) (i32.const 0) (i32.const 9)))",
    "switched",
  ],
  "one that grows memory": ["(memory 1) (func $f (drop (memory.grow (i32.const 1))))", "switched"],
  "an export": ['(func $f (export "f"))', "switched"],
  "the start function": ["(func $f) (start $f)", "switched"],
  "one with a tail call": ['(func $f (export "f") (return_call $g)) (func $g)', "counted"],
};

for (const [name, [text, choice]] of Object.entries(cases)) {
  test(`${name} is ${choice}`, () => {
    const module = decodeModule(wat(`(module (import "h" "h" (func $host)) ${text})`));
    assert.equal(timeChoices(module)[0]!.choice, choice);
  });
}
