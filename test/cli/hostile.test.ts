import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, openSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { join } from "node:path";
import { test } from "node:test";
import { wat } from "../oracle/wat.ts";
import { exits, traps } from "./guests.ts";
import { callTool, inFolder, script, spawnTool } from "./run.ts";

test("refuses before the guest runs what could not be written, read or sent afterwards", async () => {
  await inFolder(async (folder) => {
    const file = (name: string): string => join(folder, name);
    writeFileSync(file("guest.wasm"), exits(0));
    mkdirSync(file("folder.svg"));
    writeFileSync(file("x"), "x".repeat(5000));
    writeFileSync(file("cut.gz"), gzipSync("{}".repeat(99)).subarray(0, 12));
    const guest = file("guest.wasm");
    const profile = ["profile", guest];
    const cases: readonly (readonly [RegExp, ...string[]])[] = [
      [/cannot write .*no\/x\.svg: no such file/, ...profile, "-o", file("no/x.svg")],
      [/folder\.svg: it is a folder/, ...profile, "-o", file("folder.svg")],
      [/two outputs go to/, ...profile, "-o", file("a.svg"), "-o", file("folder.svg/../a.svg")],
      [/two outputs go to -/, ...profile, "--format", "svg", "-o", "-", "-o", "-"],
      [/over the module/, ...profile, "--format", "svg", "-o", guest],
      [/over the module/, "instrument", guest, "-o", guest],
      [/over the module/, "symbolize", file("x"), "--wasm", guest, "-o", guest],
      [/--dir: there is no folder .*nope/, ...profile, "--dir", file("nope")],
      [/nourl: it is no URL/, ...profile, "--push", "nourl"],
      [/there are pprof and folded/, ...profile, "--push", "http://127.0.0.1:9/?format=xml"],
      [/% that begins no %XX/, ...profile, "--push", "http://%zz:x@127.0.0.1:9/"],
      [/a label's name/, ...profile, "--push", "http://127.0.0.1:9/", "--label", "9=1"],
      [/x: symbol map, line 1: .{1,120}$/m, ...profile, "--symbols", file("x")],
      [/: illegal operation on a directory/, "profile", folder],
      [/cut\.gz: unexpected end of file/, "convert", file("cut.gz")],
      [/x: magic header not detected/, "symbolize", file("x"), "--wasm", file("x")],
    ];
    for (const [message, ...args] of cases) {
      const { code, stdout, stderr } = await callTool(...args);
      assert.deepEqual([code, stdout], [125, ""], args.join(" "));
      assert.match(stderr, message, args.join(" "));
      assert.match(stderr, /^wasmscope: [^\n]+\n$/, `${args.join(" ")}: one line`);
    }
  });
});

test("ends quietly when nobody reads on, and says it when a disk is full", async () => {
  await inFolder((folder) => {
    const file = join(folder, "guest.wasm");
    writeFileSync(file, exits(3));
    const shell = (line: string): string => {
      const run = `"$NODE" "$TOOL" ${line}`;
      const env = { ...process.env, NODE: process.execPath, TOOL: script, FILE: file };
      const { stdout } = spawnSync("bash", ["-c", run], { encoding: "utf8", env });
      return stdout;
    };
    assert.equal(
      shell(
        `inspect "$FILE" --json 2>"$FILE.err" | (exec 0<&-); echo "\${PIPESTATUS[0]}"; cat "$FILE.err"`,
      ),
      "0\n",
    );
    assert.equal(
      shell(
        `profile -q "$FILE" --format json -o - 2>"$FILE.err" | (exec 0<&-); echo "\${PIPESTATUS[0]}"; cat "$FILE.err"`,
      ),
      "3\nto stdout\nto stderr\n",
      "a profile on stdout sends the guest's to stderr",
    );
    if (process.platform !== "linux") return;
    const full = spawnSync(process.execPath, [script, "inspect", file], {
      stdio: ["ignore", openSync("/dev/full", "w"), "pipe"],
      encoding: "utf8",
    });
    assert.equal(full.status, 125);
    assert.equal(
      full.stderr,
      "wasmscope: error: standard output: no space left on device, write\n",
    );
  });
});

test("shows no control characters of names, wherever they stand", async () => {
  await inFolder(async (folder) => {
    const file = join(folder, "guest.wasm");
    const bytes = wat(`(module (import "wasi_unstable" "x" (func $i))
      (func $trapEEEEEEEE unreachable) (func (export "_start") (call $trapEEEEEEEE)))`);
    const noImport = wat(`(module (memory (export "memory") 1)
      (func $trapEEEEEEEE unreachable) (func (export "_start") (call $trapEEEEEEEE)))`);
    for (const module of [bytes, noImport]) {
      const at = Buffer.from(module).indexOf("EEEEEEEE");
      module.set(Buffer.from("\u001b[2J\n\u202e"), at);
    }
    writeFileSync(file, bytes);
    const inspected = await callTool("inspect", file);
    writeFileSync(file, noImport);
    const ran = spawnTool(["profile", file, "-o", "-", "--format", "folded"]);
    assert.match(ran.stderr, / at trap␛\[2J␊/);
    for (const text of [inspected.stdout, ran.stderr, ran.stdout]) {
      assert.match(text, /trap.*\[2J/);
      // oxlint-disable-next-line no-control-regex -- they are what must not be there
      assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    }
  });
});

test("keeps the profile when debug data that was named is of no use", async () => {
  await inFolder((folder) => {
    const file = join(folder, "guest.wasm");
    writeFileSync(file, traps);
    // A module with names alone; the trap's stack asks for more.
    const { code, stderr } = spawnTool(["profile", file, "--symbols", file]);
    assert.equal(code, 134);
    assert.match(stderr, /^wasmscope: no debug data: .*guest\.wasm: holds no DWARF$/m);
    assert.match(stderr, /at deep \(0x/);
  });
});

test("says what is wrong with a source map, beside a tree, too", async () => {
  await inFolder((folder) => {
    const file = join(folder, "guest.wasm");
    writeFileSync(file, exits(0));
    writeFileSync(join(folder, "cut.map"), "{");
    const args = ["--lines", "--symbols", join(folder, "cut.map")];
    const { code, stderr } = spawnTool(["profile", file, ...args]);
    assert.equal(code, 0);
    assert.match(stderr, /^note: The source map is no JSON\.$/m);
  });
});
