import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { wat } from "../../../test/host-abi/wat.ts";
import { root } from "../../../test/root.ts";
import { decodeModule, readNames } from "../../wasm/index.ts";
import { listFunctions } from "./function-list.ts";

const module = decodeModule(
  wat(`(module
    (import "env" "imported" (func $imported))
    (func $main (export "run") (export "go"))
    (func $_ZN3app5parseERKNSt3__26vectorIiNS0_9allocatorIiEEEEi)
    (func $_ZN3app5printEv)
    (func $a.b)
    (func $axb))`),
);

const rows: [list: string, functions: number[], unknown: string[]][] = [
  ["main", [1], []],
  ["run", [1], []],
  ["go,a.b", [1, 4], []],
  [" main , func[5] ,", [1, 5], []],
  ["_ZN3app5printEv", [3], []],
  ["app::print()", [3], []],
  ["app::*", [2, 3], []],
  ["a*b", [4, 5], []],
  ["*", [1, 2, 3, 4, 5], []],
  ["a.b", [4], []],
  ["", [], []],
  // Imported functions have no body that could report.
  ["imported,func[0]", [], ["imported", "func[0]"]],
  ["main,mian,app::p", [1], ["mian", "app::p"]],
];
for (const [list, functions, unknown] of rows) {
  test(`the list "${list}"`, () => {
    const found = listFunctions(module, list);
    assert.deepEqual([...found.functions], functions);
    assert.deepEqual(found.unknown, unknown);
  });
}

test("a name with commas in brackets is one name, as the profile prints it", () => {
  const name = "app::parse(std::__2::vector<int, std::__2::allocator<int>> const&, int)";
  const { functions, unknown } = listFunctions(module, `${name},main`);
  assert.deepEqual([...functions], [1, 2]);
  assert.deepEqual(unknown, []);
});

test("names from outside the module count, and those of a real one", () => {
  assert.deepEqual([...listFunctions(module, "other", new Map([[4, "other"]])).functions], [4]);
  const workload = decodeModule(readFileSync(join(root, "workloads/complex-simple.wasm")));
  const { functions } = listFunctions(workload, "complex,simple");
  const names = readNames(workload).functions;
  assert.deepEqual(
    [...functions].map((index) => names.get(index)),
    ["complex", "simple"],
  );
});
