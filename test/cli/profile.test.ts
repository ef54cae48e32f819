import assert from "node:assert/strict";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { exactModes } from "../../src/instrument/index.ts";
import { formats } from "../../src/profile/index.ts";
import { root } from "../root.ts";
import { allocates, copies, environment, exits, library, traps } from "./guests.ts";
import { inFolder, spawnTool } from "./run.ts";

const wordcount = join(root, "examples", "wordcount", "wordcount.wasm");

interface Report {
  readonly functions: readonly { name: string; calls?: number; selfInsns?: number }[];
}

test("leaves the guest's streams alone and ends with its code", async () => {
  await inFolder((folder) => {
    const file = join(folder, "guest.wasm");
    for (const code of [-1, 0, 1, 42, 255]) {
      writeFileSync(file, exits(code));
      const { code: ended, stdout, stderr } = spawnTool(["profile", "--quiet", file]);
      assert.deepEqual([ended, stdout, stderr], [Math.max(code, 0), "to stdout\n", "to stderr\n"]);
    }
    const shown = spawnTool(["profile", file]);
    assert.equal(shown.stdout, "to stdout\n");
    assert.ok(shown.stderr.startsWith("to stderr\n"));
    assert.match(shown.stderr, /guest\.wasm, mode tree/);
    assert.match(shown.stderr, /\bleaf\b/);
  });
});

test("ends with 134 after a trap, with the guest's stack and exact counts", async () => {
  await inFolder((folder) => {
    const file = join(folder, "traps.wasm");
    writeFileSync(file, traps);
    for (const mode of exactModes) {
      const { code, stdout, stderr } = spawnTool(["profile", "--mode", mode, file]);
      assert.equal(code, 134);
      assert.equal(stdout, "before the trap\n");
      assert.match(stderr, /divide by zero/);
      assert.match(stderr, /at deep \(0x[0-9a-f]+\)\n +at middle \(0x[0-9a-f]+\)\n/);
    }
    const { stdout, stderr } = spawnTool(["profile", "--json", file]);
    // Standard output is the report's alone.
    assert.equal(stderr, "before the trap\n");
    const { functions } = JSON.parse(stdout) as Report;
    const deep = functions.find(({ name }) => name === "deep")!;
    // Six instructions, and four of the activation that traps at the fourth.
    assert.equal(deep.calls, 2);
    assert.equal(deep.selfInsns, 6 + 4);
  });
});

test("passes standard input, variables and arguments on", async () => {
  await inFolder((folder) => {
    const file = join(folder, "guest.wasm");
    writeFileSync(file, copies);
    const input = "line\n".repeat(10_000);
    assert.equal(spawnTool(["profile", "-q", file], { input }).stdout, input);
    writeFileSync(file, environment);
    const { stdout } = spawnTool(["profile", "-q", "--env", "NAME=abc", file, "--", "-xyz"]);
    assert.equal(stdout, "NAME=abc-xyz");
  });
});

test("lets the guest see the folders that are given, under their names", async () => {
  await inFolder((folder) => {
    writeFileSync(join(folder, "text.txt"), "one two two\n");
    const seen = spawnTool([
      "profile",
      "-q",
      "--dir",
      `${folder}::/in`,
      wordcount,
      "--",
      "/in/text.txt",
    ]);
    assert.equal(seen.code, 0, seen.stderr);
    assert.match(seen.stdout, /3 words/);
    const hidden = spawnTool(["profile", "-q", wordcount, "--", join(folder, "text.txt")]);
    assert.notEqual(hidden.code, 0);
    assert.notEqual(hidden.code, 125);
  });
});

test("calls an exported function with arguments of its types", async () => {
  await inFolder((folder) => {
    const file = join(folder, "library.wasm");
    writeFileSync(file, library);
    const call = (name: string, ...args: string[]): [number | null, string] => {
      const { code, stdout } = spawnTool(["profile", "-q", "--invoke", name, file, "--", ...args]);
      return [code, stdout];
    };
    assert.deepEqual(call("fib", "10"), [0, "55\n"]);
    assert.deepEqual(call("mix", "-9007199254740993", "1.5", "2"), [0, "-9007199254740993 3.5\n"]);
    assert.deepEqual(call("trap"), [134, ""]);
    for (const wrong of [["fib"], ["fib", "x"], ["mix", "1.5", "1", "1"], ["none"]]) {
      const [name, ...args] = wrong;
      assert.equal(call(name!, ...args)[0], 125);
    }
  });
});

test("writes every format, the same bytes at each run, in every mode", async () => {
  await inFolder((folder) => {
    const files = formats.map(({ extensions }) => extensions[0]!);
    for (const mode of exactModes) {
      const written = ["a", "b"].map((run) => {
        const outputs = files.flatMap((ending) => ["-o", join(folder, `${run}-${mode}${ending}`)]);
        const args = ["profile", "-q", "--mode", mode, "--dir", root, ...outputs, wordcount, "--"];
        const { code, stderr } = spawnTool([...args, join(root, "LICENSE")]);
        assert.equal(code, 0, stderr);
        return files.map((ending) => readFileSync(join(folder, `${run}-${mode}${ending}`)));
      });
      assert.deepEqual(written[0], written[1]);
      for (const content of written[0]!) assert.ok(content.length > 100);
    }
    assert.equal(readdirSync(folder).length, files.length * exactModes.length * 2);
  });
});

test("writes the format that is asked for, to standard output, too", async () => {
  await inFolder((folder) => {
    const file = join(folder, "guest.wasm");
    writeFileSync(file, library);
    const args = ["profile", "-q", "--invoke", "fib", "--format", "folded", "-o", "-"];
    const { stdout, stderr } = spawnTool([...args, file, "--", "2"]);
    assert.match(stdout, /^fib \d+\nfib;fib \d+\n$/);
    assert.equal(stderr, "1\n");
  });
});

test("a guest that allocates and prints a lot never takes the process down", async () => {
  await inFolder((folder) => {
    const file = join(folder, "allocates.wasm");
    writeFileSync(file, allocates);
    for (let run = 0; run < 20; run++) {
      const { code, stdout, stderr } = spawnTool(["profile", "-q", "-m", "calls", file]);
      assert.equal(code, 0, `run ${run} ended with ${code}: ${stderr}`);
      assert.equal(stdout.length, 40_000 * 22);
    }
  });
});
