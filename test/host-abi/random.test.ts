import assert from "node:assert/strict";
import { it } from "node:test";
import fc from "fast-check";
import { instrumentForHost } from "../../src/instrument/index.ts";
import { record } from "./recorder.ts";
import { wat } from "./wat.ts";

/** A statement of a random function; a label is a number that is taken modulo the labels around it. */
type Statement =
  | { readonly kind: "block" | "loop" | "if"; readonly body: readonly Statement[] }
  | { readonly kind: "br" | "brIf"; readonly label: number }
  | { readonly kind: "brTable"; readonly labels: readonly number[] }
  | { readonly kind: "return" | "returnIf" | "call" | "tailCall" | "add" | "unreachableIf" };

const { statement } = fc.letrec<{ statement: Statement }>((tie) => ({
  statement: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom<Statement>(
      ...(["return", "returnIf", "call", "tailCall", "add", "unreachableIf"] as const).map(
        (kind) => ({ kind }),
      ),
    ),
    fc.record({ kind: fc.constantFrom("br", "brIf"), label: fc.nat(9) }),
    fc.record({
      kind: fc.constant("brTable"),
      labels: fc.array(fc.nat(9), { minLength: 1, maxLength: 4 }),
    }),
    fc.record({
      kind: fc.constantFrom("block", "loop", "if"),
      body: fc.array(tie("statement"), { maxLength: 5 }),
    }),
  ),
}));

// Every statement counts fuel down first, so that all programs end: by a trap where the fuel is used up.
const condition = "(i32.and (local.get 0) (i32.const 1))";
const step = `(if (i32.eqz (global.get $fuel)) (then (unreachable)))
  (global.set $fuel (i32.sub (global.get $fuel) (i32.const 1)))
  (local.set 0 (i32.add (i32.mul (local.get 0) (i32.const 13)) (global.get $fuel)))`;

/** Writes statements `depth` blocks deep, in a function with `results` results. */
function text(body: readonly Statement[], depth: number, results: number, next: number): string {
  const values = "(local.get 0) ".repeat(results);
  const drops = "(drop) ".repeat(results);
  const inner = (statements: readonly Statement[]): string =>
    text(statements, depth + 1, results, next);
  const write = (one: Statement): string => {
    switch (one.kind) {
      case "block":
      case "loop":
        return `(${one.kind} ${inner(one.body)})`;
      case "if":
        return `(if ${condition} (then ${inner(one.body)}))`;
      case "br":
      case "brIf": {
        const label = one.label % (depth + 1);
        const own = label === depth;
        if (one.kind === "br") return `${own ? values : ""} (br ${label})`;
        return own
          ? `${values} ${condition} (br_if ${label}) ${drops}`
          : `(br_if ${label} ${condition})`;
      }
      case "brTable": {
        // All labels of a table take the same values: either all are the function's own, or none is.
        if (depth === 0 || one.labels[0]! % (depth + 1) === depth) {
          return `${values} (local.get 0) (br_table ${one.labels.map(() => depth).join(" ")})`;
        }
        return `(br_table ${one.labels.map((label) => label % depth).join(" ")} (local.get 0))`;
      }
      case "return":
        return `(f32.const 1) ${values} (return)`;
      case "returnIf":
        return `(if ${condition} (then ${values} (return)))`;
      case "call":
        return `(call $f${next} (local.get 0)) ${drops}`;
      case "tailCall":
        return `(if ${condition} (then (return_call $f${next} (local.get 0))))`;
      case "add":
        return "(local.set 0 (i32.add (local.get 0) (i32.const 7)))";
      case "unreachableIf":
        return "(if (i32.eq (i32.rem_u (local.get 0) (i32.const 64)) (i32.const 9)) (then (unreachable)))";
    }
  };
  return body.map((one) => `${step} ${write(one)}`).join("\n");
}

function moduleText(bodies: readonly (readonly Statement[])[], results: number): string {
  const type = `(param i32) ${"(result i32) ".repeat(results)}`;
  const functions = bodies.map((body, index) => {
    const next = (index + 1) % bodies.length;
    return `(func $f${index} ${type} ${text(body, 0, results, next)} ${"(local.get 0) ".repeat(results)})`;
  });
  return `(module (global $fuel (mut i32) (i32.const 300)) ${functions.join("\n")}
    (func (export "refill") (global.set $fuel (i32.const 300)))
    (export "run" (func $f0)))`;
}

it("any control flow gives the same results, and all that began has ended, unless it traps", () => {
  let ended = 0;
  let withBranchOut = 0;
  fc.assert(
    fc.property(
      fc.array(fc.array(statement, { maxLength: 8 }), { minLength: 1, maxLength: 3 }),
      fc.nat(3),
      (bodies, results) => {
        const original = wat(moduleText(bodies, results));
        const host = record();
        const plain = runner(original, {});
        const reporting = runner(Uint8Array.from(instrumentForHost(original).bytes), host.imports);
        for (let argument = 0; argument < 8; argument++) {
          const expected = plain(argument);
          assert.deepEqual(reporting(argument), expected);
          assert.ok((host.starts.get(0) ?? 0) > argument);
          if (expected === "unreachable") host.open.length = 0;
          else ended++;
          assert.deepEqual([host.open, host.extraEnds], [[], 0]);
        }
        if (JSON.stringify(bodies).includes('"br')) withBranchOut++;
      },
    ),
    { numRuns: 300 },
  );
  assert.ok(ended > 500, `${ended} runs came to an end`);
  assert.ok(withBranchOut > 100, `${withBranchOut} programs with branches`);
});

function runner(
  bytes: Uint8Array<ArrayBuffer>,
  imports: WebAssembly.Imports,
): (argument: number) => unknown {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);
  return (argument) => {
    (exports["refill"] as () => void)();
    try {
      return (exports["run"] as (argument: number) => unknown)(argument);
    } catch (error) {
      assert.ok(error instanceof WebAssembly.RuntimeError, String(error));
      return error.message;
    }
  };
}
