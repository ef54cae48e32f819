import assert from "node:assert/strict";
import { test } from "node:test";
import { type Outcome, runScript } from "../spec/runner.ts";
import { listScripts, listSets, prepareCommand, type Script } from "../spec/suite.ts";
import { plain, type Transform } from "../spec/transforms.ts";
import { missing } from "../skip.ts";
import { pack, resetName, runtimeName, startRuntime } from "./pack.ts";

/** Every module is run by the interpreter, with the guest's own imports and exports. */
const hosted: Transform = {
  name: "hosted",
  transform: pack,
  host: (original) => ({
    imports: { [runtimeName]: startRuntime(original) },
    counts: () => ({}),
    problem: () => undefined,
    reset: () => undefined,
  }),
  afterTrap: ({ exports }) => (exports[resetName] as (() => void) | undefined)?.(),
};

// What a guest cannot do from where it is, since its memory and tables are not the host's.
const notClaimed: readonly { readonly scripts: RegExp; readonly reason: string }[] = [
  {
    scripts: /\/(imports\d?|linking\d?|elem|data\d?)$/,
    reason:
      "memories, tables and globals are not shared with other modules, nor compared with them",
  },
];
const sharing =
  /^(instantiated|returned|result 0: .*|RuntimeError: (memory access|table index is|null function).*)$/;

function failuresOf(script: Script): { failures: string[]; passed: number; unshared: number } {
  const before = runScript(script, plain).outcomes;
  const after = runScript(script, hosted).outcomes;
  const failures: string[] = [];
  let passed = 0;
  let unshared = 0;
  for (const [index, outcome] of after.entries()) {
    const plainly = before[index]!;
    if (isStatic(outcome) || outcome.status === "skipped" || plainly.status === "failed") continue;
    const name = `${script.set}/${script.name}`;
    const prints = outcome.type === "prints";
    if (prints ? outcome.detail === plainly.detail : outcome.status === "passed") passed++;
    else if (notClaimed.some(({ scripts }) => scripts.test(name)) && sharing.test(outcome.detail))
      unshared++;
    else failures.push(`${name}.wast:${outcome.line} ${outcome.type}: ${outcome.detail}`);
  }
  return { failures, passed, unshared };
}

const isStatic = ({ type }: Outcome): boolean =>
  type === "assert_invalid" || type === "assert_malformed";

const main = "wasm-v3";
// What is claimed; the other proposals' sets repeat the main suite.
const claimed = [
  main,
  "proposals/bulk-memory",
  "proposals/extended-const",
  "proposals/multi-value",
  "proposals/nontrapping-float-to-int-conversions",
  "proposals/sign-extension-ops",
  "proposals/simd",
  "proposals/tail-call",
];
const sets = listSets().filter((set) => claimed.includes(set));
const options = sets.length === 0 ? missing(`run: ${prepareCommand}`) : {};

for (const set of sets.length === 0 ? [main] : sets) {
  test(`the specification's suite in the interpreter: ${set}`, options, (context) => {
    const all = listScripts(set).map(failuresOf);
    const sum = (of: (one: (typeof all)[number]) => number): number =>
      all.reduce((total, one) => total + of(one), 0);
    const passed = sum((one) => one.passed);
    context.diagnostic(`${passed} passed, ${sum((one) => one.unshared)} of linking left out`);
    assert.deepEqual(
      all.flatMap(({ failures }) => failures),
      [],
    );
    if (set === main) assert.ok(passed > 17000);
  });
}
