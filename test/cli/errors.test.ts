import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { instrument } from "../../src/instrument/index.ts";
import { wat } from "../oracle/wat.ts";
import { exits } from "./guests.ts";
import { callTool, inFolder } from "./run.ts";

/** Breaks the instruction behind a name's function: `f64.const` with this value becomes an unknown opcode. */
function malformed(): { bytes: Uint8Array; offset: number } {
  const bytes = wat(
    `(module (func (export "_start")) (func $parse (drop (i32.trunc_sat_f32_s (f32.const 1)))))`,
  );
  const offset = bytes.findIndex((byte, at) => byte === 0xfc && bytes[at + 1] === 0);
  bytes[offset + 1] = 0x2a;
  return { bytes, offset };
}

test("says where a module is malformed", async () => {
  await inFolder(async (folder) => {
    const file = join(folder, "app.wasm");
    const { bytes, offset } = malformed();
    writeFileSync(file, bytes);
    const where = `code[1] "parse": unknown opcode 0xfc 0x2a (at offset 0x${offset.toString(16)})`;
    for (const [name, ...args] of [
      ["profile", file],
      ["profile", "--mode", "blocks", "--top", "3", file],
      ["profile", "-m", "calls", file],
      ["instrument", file, "-o", join(folder, "out.wasm")],
      ["instrument", "-o", join(folder, "out.wasm"), "--mode", "none", file],
    ]) {
      const { code, stdout, stderr } = await callTool(name!, ...args);
      assert.equal(code, 125);
      assert.equal(stdout, "");
      assert.equal(stderr, `wasmscope: error: cannot ${name} ${file}: ${where}\n`);
    }
  });
});

test("fails with 125 and one line for what it cannot do", async () => {
  await inFolder(async (folder) => {
    const guest = join(folder, "guest.wasm");
    writeFileSync(guest, exits(0));
    const text = join(folder, "text.wasm");
    writeFileSync(text, "no module\n");
    const twice = join(folder, "twice.wasm");
    writeFileSync(twice, instrument(exits(0), { mode: "blocks" }).bytes);
    const host = join(folder, "host.wasm");
    writeFileSync(host, wat(`(module (import "env" "f" (func)) (func (export "_start")))`));
    const noStart = join(folder, "library.wasm");
    writeFileSync(noStart, wat(`(module (func (export "f")))`));
    const imported = join(folder, "imported.wasm");
    writeFileSync(
      imported,
      wat(`(module (import "env" "memory" (memory 1)) (func (export "_start")))`),
    );
    const cut = join(folder, "cut.txt");
    writeFileSync(cut, "noise\n~wasmscope 1 calls -\n~wasmscope:AAAA\n");
    const out = join(folder, "out.wasm");
    const cases: readonly (readonly [RegExp, ...string[]])[] = [
      [/there is no command prfile/, "prfile"],
      [/which module\?/, "profile"],
      [/'--colour'/, "profile", "--colour", guest],
      [/'-x'/, "profile", "-x", guest],
      [
        /--mode is one of calls, insns, blocks, tree, tree\+blocks, time, sample, not all/,
        "profile",
        "--mode",
        "all",
        guest,
      ],
      [/--budget wants a share such as 3%, not 3/, "profile", "-m", "time", "--budget", "3", guest],
      [/--only: the module has no nobody/, "profile", "-m", "time", "--only", "nobody", guest],
      [/--only is for mode time/, "profile", "--only", "main", guest],
      [/--top wants a whole number/, "profile", "--top", "many", guest],
      [/stand behind --: input/, "profile", guest, "input"],
      [/no such file or directory.*missing\.wasm/, "profile", join(folder, "missing.wasm")],
      [/cannot profile .*text\.wasm: magic header not detected \(at offset 0x0\)/, "profile", text],
      [/cannot tell the format of x\.unknown.*\.svg/, "profile", "-o", "x.unknown", guest],
      [/there is no format excel/, "profile", "--format", "excel", "-o", "x", guest],
      [
        /no such file or directory/,
        "profile",
        "-q",
        "-o",
        join(folder, "no", "x.svg"),
        noStart,
        "--invoke",
        "f",
      ],
      [/--env wants NAME=VALUE/, "profile", "--env", "NAME", guest],
      [/imports env\.f, which only its own host provides/, "profile", host],
      [/exports no function _start: name one with --invoke/, "profile", noStart],
      [/no function g is exported; there are: f/, "profile", noStart, "--invoke", "g"],
      [/f takes 0 arguments/, "profile", noStart, "--invoke", "f", "--", "1"],
      [
        /cannot profile .*: it is instrumented already: profile the original/,
        "profile",
        "-m",
        "insns",
        twice,
      ],
      [/exports wasmscope_\w+ already/, "instrument", twice, "-o", out],
      [/where to\? -o FILE/, "instrument", guest],
      [
        /imported.*--memory second/,
        "instrument",
        "--mode",
        "tree",
        "--sink",
        "export",
        imported,
        "-o",
        out,
      ],
      [/--mode is one of .*none, not time/, "instrument", "--mode", "time", guest, "-o", out],
      [/which file\?/, "convert"],
      [/no such file/, "convert", join(folder, "no.txt")],
      [/holds no profile/, "convert", guest],
      [/line 2: the raw profile is cut off/, "convert", cut, "--module", guest],
      [/needs the original module: --module MODULE/, "convert", cut],
      [/which module\?/, "inspect"],
      [/cannot inspect .*text\.wasm: magic header/, "inspect", text],
    ];
    for (const [message, ...args] of cases) {
      const { code, stderr } = await callTool(...args);
      assert.equal(code, 125, args.join(" "));
      assert.match(stderr, message, args.join(" "));
      assert.match(stderr, /^wasmscope: [^\n]+\n$/, `${args.join(" ")}: one line`);
    }
  });
});

test("helps on standard output", async () => {
  const overview = await callTool("--help");
  assert.equal(overview.code, 0);
  for (const name of ["profile", "instrument", "convert", "inspect"]) {
    assert.ok(overview.stdout.includes(name));
    const { code, stdout, stderr } = await callTool(name, "--help");
    assert.deepEqual([code, stderr], [0, ""]);
    assert.ok(stdout.includes(`Usage: wasmscope ${name} `));
    assert.equal((await callTool("help", name)).stdout, stdout);
  }
  assert.equal((await callTool()).code, 125);
});
