import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { assemble, body, type Bytes, funcType, leb, name, section, types } from "./assemble.ts";
import type { Command, Value } from "./commands.ts";
import { runScript } from "./runner.ts";
import type { Script } from "./suite.ts";
import { tallySet } from "./tally.ts";
import { plain, type Transform } from "./transforms.ts";

const folder = mkdtempSync(join(tmpdir(), "spec-"));
after(() => rmSync(folder, { recursive: true }));

// One function a kind of value, and one that traps.
const functions: readonly { name: string; params: Bytes; results: Bytes; code: Bytes }[] = [
  { name: "f32", params: [types.f32], results: [types.f32], code: [0x20, 0] },
  { name: "v128", params: [types.v128], results: [types.v128], code: [0x20, 0] },
  { name: "extern", params: [types.externref], results: [types.externref], code: [0x20, 0] },
  { name: "two", params: [], results: [types.i64, types.i32], code: [0x42, 0x7f, 0x41, 7] },
  { name: "divide", params: [types.i32], results: [types.i32], code: [0x41, 1, 0x20, 0, 0x6d] },
  { name: "print", params: [types.i32], results: [], code: [0x20, 0, 0x10, 0] },
];
const module = assemble(
  section(1, [
    ...functions.map(({ params, results }) => funcType(params, results)),
    funcType([types.i32], []),
  ]),
  section(2, [[name("spectest"), name("print_i32"), 0, functions.length]]),
  section(
    3,
    functions.map((_, index) => leb(index)),
  ),
  section(
    7,
    functions.map((one, index) => [name(one.name), 0, leb(index + 1)]),
  ),
  section(
    10,
    functions.map(({ code }) => body([], code)),
  ),
);

function scriptOf(...commands: readonly Omit<Command, "line">[]): Script {
  const path = join(folder, "script.json");
  writeFileSync(join(folder, "module.wasm"), module);
  const first = { type: "module", filename: "module.wasm", module_type: "binary" };
  const numbered = [first, ...commands].map((command, line) => ({ ...command, line }));
  writeFileSync(path, JSON.stringify({ commands: numbered }));
  return { set: "made", name: "script", folder, path };
}

const invoke = (field: string, ...args: Value[]): object => ({ type: "invoke", field, args });
const returns = (action: object, ...expected: Value[]): Omit<Command, "line"> =>
  ({ type: "assert_return", action, expected }) as Omit<Command, "line">;
const traps = (action: object, text: string): Omit<Command, "line"> =>
  ({ type: "assert_trap", action, text }) as Omit<Command, "line">;

function statuses(...commands: readonly Omit<Command, "line">[]): readonly string[] {
  const { outcomes } = runScript(scriptOf(...commands), plain);
  return outcomes.slice(1, -1).map(({ status }) => status);
}

const f32 = (value: string): Value => ({ type: "f32", value });
const i32 = (value: string): Value => ({ type: "i32", value });

const lanes = (...value: string[]): Value => ({ type: "v128", lane_type: "i32", value });
const host = (value: string): Value => ({ type: "externref", value });

// A transform that puts other code in place of some.
const replacing = (from: readonly number[], to: readonly number[]): Transform => ({
  name: "breaks",
  transform(bytes) {
    const at = Buffer.from(bytes).indexOf(Buffer.from(from));
    assert.notEqual(at, -1);
    return Uint8Array.from([...bytes.subarray(0, at), ...to, ...bytes.subarray(at + to.length)]);
  },
});

test("a NaN keeps its bits on the way in and out", () => {
  const signalling = String(0x7fa00001);
  assert.deepEqual(
    statuses(
      returns(invoke("f32", f32(signalling)), f32(signalling)),
      returns(invoke("f32", f32(signalling)), f32(String(0x7fe00001))),
      returns(invoke("f32", f32(signalling)), f32("nan:arithmetic")),
      returns(invoke("f32", f32(String(0x7fe00001))), f32("nan:arithmetic")),
      returns(invoke("f32", f32(String(0x7fe00001))), f32("nan:canonical")),
      returns(invoke("f32", f32(String(0xffc00000))), f32("nan:canonical")),
    ),
    ["passed", "failed", "failed", "passed", "failed", "passed"],
  );
});

test("each lane of a vector is compared, and one of several results is enough", () => {
  const call = invoke("v128", lanes("1", "2", "3", "4294967295"));
  const either: Value = {
    type: "either",
    values: [lanes("0", "0", "0", "0"), lanes("1", "2", "3", "-1")],
  };
  assert.deepEqual(
    statuses(
      returns(call, lanes("1", "2", "3", "4294967295")),
      returns(call, lanes("1", "2", "3", "4")),
      returns(call, lanes("0", "2", "3", "4294967295")),
      returns(call, either),
    ),
    ["passed", "failed", "failed", "passed"],
  );
});

test("references and several results are told apart", () => {
  assert.deepEqual(
    statuses(
      returns(invoke("extern", host("1")), host("1")),
      returns(invoke("extern", host("1")), host("2")),
      returns(invoke("extern", host("null")), host("null")),
      returns(invoke("extern", host("0")), { type: "refnull" }),
      returns(invoke("two"), { type: "i64", value: "18446744073709551615" }, i32("7")),
      returns(invoke("two"), { type: "i64", value: "-1" }, i32("8")),
      returns(invoke("two"), { type: "i64", value: "-1" }),
    ),
    ["passed", "failed", "passed", "failed", "passed", "failed", "failed"],
  );
});

test("a trap must be the one that is named, and must happen", () => {
  assert.deepEqual(
    statuses(
      traps(invoke("divide", i32("0")), "integer divide by zero"),
      traps(invoke("divide", i32("0")), "unreachable"),
      traps(invoke("divide", i32("1")), "integer divide by zero"),
      returns(invoke("divide", i32("0")), i32("0")),
    ),
    ["passed", "failed", "failed", "failed"],
  );
});

test("what fails to compile under a transform, changes a result, a trap or a print is a failure", () => {
  const script = scriptOf(
    returns(invoke("two"), { type: "i64", value: "-1" }, i32("7")),
    traps(invoke("divide", i32("0")), "integer divide by zero"),
    { type: "action", action: invoke("print", i32("5")) } as Omit<Command, "line">,
  );
  const failures = (transform: Transform): number =>
    tallySet("made", [script], [transform]).flatMap((tally) => tally.failures).length;
  assert.equal(failures(plain), 0);
  assert.equal(failures({ name: "copies", transform: (bytes) => bytes.slice() }), 0);
  assert.equal(failures(replacing([0x42, 0x7f, 0x41, 7], [0x42, 0x7f, 0x41, 8])), 1, "a result");
  const division = [0x41, 1, 0x20, 0, 0x6d];
  assert.equal(failures(replacing(division, [0x41, 1, 0x20, 0, 0x6f])), 1, "another trap");
  assert.equal(failures(replacing(division, [0x41, 1, 0x20, 0, 0x6a])), 1, "no trap");
  assert.equal(failures(replacing([0x20, 0, 0x10, 0], [0x41, 6, 0x10, 0])), 1, "a print");
  assert.ok(failures(replacing(division, [0x41, 1, 0x20, 0, 0xff])) > 0, "no module");
});

test("a module that a transform refuses is a skip with the reason", () => {
  const refusing: Transform = { name: "refuses", transform: () => ({ skip: "too hard" }) };
  const script = scriptOf(returns(invoke("two"), { type: "i64", value: "-1" }, i32("7")));
  const [tally] = tallySet("made", [script], [refusing]);
  assert.deepEqual(tally?.skipped, { "refuses: too hard": 2 });
  assert.deepEqual(tally?.failures, []);
});
