import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { interceptInstantiation, profileModule, profileModuleSync } from "../../src/embed/index.ts";
import type { EmbedMode } from "../../src/embed/index.ts";
import { exactModes } from "../../src/instrument/index.ts";
import { sha256 } from "../../src/embed/sha256.ts";
import { lineTotals } from "../../src/profile/index.ts";
import type { Profile } from "../../src/profile/index.ts";
import { root } from "../root.ts";
import { decodeModule, readNames } from "../../src/wasm/index.ts";
import { Naive } from "../oracle/naive.ts";
import type { Context } from "../oracle/naive.ts";
import { wat } from "../oracle/wat.ts";
import { EmbeddingHost, exercise, linesOf, program } from "./exercise.ts";

const bytes = wat(program) as Uint8Array<ArrayBuffer>;
const modes: readonly EmbedMode[] = exactModes;
const hasTree = (mode: EmbedMode): boolean => mode === "tree" || mode === "tree+blocks";
const names = readNames(decodeModule(bytes)).functions;
const nameOf = (funcIndex: number): string => names.get(funcIndex)!;

/** What the host sees of the plain module, and what a naive count of it says. */
const plain = new EmbeddingHost();
plain.use(new WebAssembly.Instance(new WebAssembly.Module(bytes), plain.imports).exports);
const naive = new Naive(bytes);
const counted = new EmbeddingHost((call) => naive.around(call));
const countedModule = new WebAssembly.Module(naive.bytes as Uint8Array<ArrayBuffer>);
const countedImports = { ...counted.imports, ...naive.imports };
counted.use(counted.around(() => new WebAssembly.Instance(countedModule, countedImports)).exports);

/** Calls of the host's functions, which the naive count does not see; with 0 instructions. */
const hostCalls = {
  flat: ["[again] 5", "[log] 11", "[throws] 1"],
  tree: [
    "run;[again] 4",
    "run;divide;leaf;[log] 4",
    "run;leaf;[log] 5",
    "throw;[throws] 1",
    "trap;[again] 1",
    "trap;divide;leaf;[log] 2",
  ],
};

function naiveLines(mode: EmbedMode): string[] {
  if (hasTree(mode)) {
    const lines: string[] = [];
    const visit = (context: Context, stack: string): void => {
      for (const child of context.children.values()) {
        const path = `${stack}${nameOf(child.funcIndex)}`;
        lines.push(`${path} ${child.calls} ${child.instructions}`);
        visit(child, `${path};`);
      }
    };
    visit(naive.root, "");
    return lines.filter((line) => !line.startsWith("deep"));
  }
  return [...naive.calls.keys()]
    .filter((funcIndex) => nameOf(funcIndex) !== "deep")
    .map((funcIndex) => {
      const columns = [naive.calls.get(funcIndex), naive.instructions.get(funcIndex)];
      const shown =
        mode === "calls" ? columns.slice(0, 1) : mode === "insns" ? columns.slice(1) : columns;
      return [nameOf(funcIndex), ...shown].join(" ");
    });
}

for (const mode of modes) {
  test(`counts ${mode} in a host's own instance as a naive count does, through traps and exceptions`, async () => {
    const { log, exports, lines } = await exercise(profileModule, bytes, mode);
    assert.deepEqual(log, plain.log);
    assert.deepEqual(exports, ["memory", "sum", "divide", "run", "trap", "throw", "deep"]);
    const guest = lines.filter((line) => !/\[\w+\] /.test(line));
    assert.deepEqual(guest, naiveLines(mode).toSorted());
    const host = lines.filter((line) => /\[\w+\] /.test(line));
    const zero = mode === "calls" ? "" : " 0";
    const expected = mode === "insns" ? [] : hasTree(mode) ? hostCalls.tree : hostCalls.flat;
    assert.deepEqual(
      host,
      expected.map((line) => line + zero),
    );
  });
}

test("hashes as Node does", () => {
  for (const length of [0, 1, 55, 56, 63, 64, 65, 119, 120, 1000]) {
    const data = randomBytes(length);
    assert.equal(sha256(data), createHash("sha256").update(data).digest("hex"));
  }
});

test("counts from a reset on, without what came before", async () => {
  for (const mode of modes) {
    const host = new EmbeddingHost();
    const options = { mode, trustHost: true } as const;
    const { instance, profile, reset } = await profileModule(bytes, host.imports, options);
    host.use(instance.exports);
    reset();
    const empty = linesOf(profile());
    assert.deepEqual(
      empty.filter((line) => !line.endsWith(" 0")),
      [],
      mode,
    );
    host.use(instance.exports);
    const second = linesOf(profile());
    const fresh = await profileModule(bytes, host.imports, options);
    host.use(fresh.instance.exports);
    // The start function ran once, before the reset.
    const first = linesOf(fresh.profile()).filter((line) => !line.startsWith("init"));
    assert.deepEqual(
      second.filter((line) => !line.startsWith("init")),
      first,
      mode,
    );
  }
});

test("counts blocks beside the tree, with lines, as without it", async () => {
  const collatz = readFileSync(join(root, "workloads/collatz.wasm"));
  const wasi = { wasi_snapshot_preview1: new Proxy({}, { get: () => () => 8 }) };
  const linesIn = async (mode: EmbedMode): Promise<unknown> => {
    const made = await profileModule(collatz, wasi, { mode, trustHost: true });
    const longest = made.instance.exports["longest"] as (limit: number) => number;
    longest(50);
    made.reset();
    longest(100);
    const lines = made.lines()!;
    assert.ok(lines.frames.some(({ inlined }) => inlined));
    return lineTotals(lines);
  };
  assert.deepEqual(await linesIn("tree+blocks"), await linesIn("blocks"));
  const { lines } = await profileModule(collatz, wasi, { mode: "calls" });
  assert.throws(() => lines(), /counts no blocks/);
});

test("falls back to blocks with a note where a tree has no place, and says what it is", async () => {
  const shared = wat(`(module (import "env" "memory" (memory 1))
    (func (export "run") (i32.store (i32.const 0) (i32.const 1))))`) as Uint8Array<ArrayBuffer>;
  const imports = { env: { memory: new WebAssembly.Memory({ initial: 1 }) } };
  const made = profileModuleSync(shared, imports, { memory: "region", name: "app" });
  (made.instance.exports["run"] as () => void)();
  const profile = made.profile();
  assert.equal(profile.mode, "blocks");
  assert.match(profile.notes.join(), /No call tree in this engine .*imported.*blocks are counted/);
  assert.deepEqual(profile.module, { name: "app", sha256: sha256(shared) });
  assert.deepEqual(linesOf(profile), ["run 1 3"]);
  assert.throws(() => profileModuleSync(shared, imports, { mode: "tree", memory: "region" }), {
    name: "Refusal",
  });
});

const source = (): Response =>
  new Response(bytes, { headers: { "content-type": "application/wasm" } });
type Glue = (imports: WebAssembly.Imports) => Promise<WebAssembly.Instance>;
const glues: Readonly<Record<string, Glue>> = {
  "new Instance(new Module(bytes))": async (imports) =>
    new WebAssembly.Instance(new WebAssembly.Module(bytes), imports),
  "instantiate(bytes)": async (imports) => (await WebAssembly.instantiate(bytes, imports)).instance,
  "instantiate(await compile(bytes))": async (imports) =>
    WebAssembly.instantiate(await WebAssembly.compile(bytes), imports),
  "instantiateStreaming(response)": async (imports) =>
    (await WebAssembly.instantiateStreaming(source(), imports)).instance,
  "instantiate(await compileStreaming(response))": async (imports) =>
    WebAssembly.instantiate(await WebAssembly.compileStreaming(source()), imports),
};
for (const [name, glue] of Object.entries(glues)) {
  test(`profiles what others instantiate by ${name}`, async () => {
    const engine = (): unknown[] => [
      ...Object.getOwnPropertyNames(WebAssembly).map((key) => Reflect.get(WebAssembly, key)),
      Reflect.get(WebAssembly.Table.prototype, "set"),
    ];
    const before = engine();
    const host = new EmbeddingHost();
    // Node's own fetch instantiates a module as well when it is first used.
    const filter = (module: Uint8Array): boolean => module.length === bytes.length;
    const scope = interceptInstantiation({ mode: "blocks", filter });
    let instance: WebAssembly.Instance;
    try {
      instance = await glue(host.imports);
      assert.ok(instance instanceof WebAssembly.Instance);
    } finally {
      scope.restore();
    }
    assert.ok(engine().every((value, at) => value === before[at]));
    assert.ok(instance instanceof WebAssembly.Instance);
    host.use(instance.exports);
    assert.deepEqual(host.log, plain.log);
    const [profile] = scope.profiles();
    const guest = linesOf(profile!).filter((line) => !line.startsWith("["));
    assert.deepEqual(guest, naiveLines("blocks").toSorted());
    // Restored: nothing more is profiled.
    await glue(new EmbeddingHost().imports);
    assert.equal(scope.modules.length, 1);
  });
}

test("leaves alone what the filter does not want and what is no module", async () => {
  const scope = interceptInstantiation({ filter: (module) => module.length !== bytes.length });
  try {
    const host = new EmbeddingHost();
    await WebAssembly.instantiate(bytes, host.imports);
    assert.deepEqual(scope.notes, []);
    await assert.rejects(WebAssembly.instantiate(Uint8Array.of(1, 2, 3)), WebAssembly.CompileError);
    assert.throws(() => new WebAssembly.Module(Uint8Array.of(0)), WebAssembly.CompileError);
    assert.equal(scope.notes.length, 2);
    assert.match(scope.notes[0]!, /A module is not profiled/);
    await assert.rejects(
      WebAssembly.instantiate(wat(program) as Uint8Array<ArrayBuffer>, {}),
      TypeError,
    );
    assert.equal(scope.modules.length, 0);
  } finally {
    scope.restore();
  }
});

test("lets exports go into tables while others link", () => {
  const library = wat(`(module (table (export "table") 2 funcref) (type $t (func (result i32)))
    (func (export "seven") (result i32) (i32.const 7))
    (func (export "ask") (result i32) (call_indirect (type $t) (i32.const 1))))`) as Uint8Array<ArrayBuffer>;
  const scope = interceptInstantiation();
  try {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(library));
    (exports["table"] as WebAssembly.Table).set(1, exports["seven"]);
    assert.equal((exports["ask"] as () => number)(), 7);
    assert.deepEqual(linesOf(scope.profiles()[0]!), ["ask 1 2", "ask;seven 1 1"]);
  } finally {
    scope.restore();
  }
});

test("profiles a start function that traps", async () => {
  const traps = wat(
    `(module (func $deep (nop) (unreachable)) (func $begin (call $deep) (nop)) (start $begin))`,
  );
  const scope = interceptInstantiation();
  try {
    await assert.rejects(
      WebAssembly.instantiate(traps as Uint8Array<ArrayBuffer>),
      WebAssembly.RuntimeError,
    );
    const profile: Profile = scope.profiles()[0]!;
    assert.deepEqual(linesOf(profile), ["begin 1 1", "begin;deep 1 2"]);
  } finally {
    scope.restore();
  }
});
