import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { exactModes } from "../../src/instrument/index.ts";
import { formats } from "../../src/profile/index.ts";
import { root } from "../root.ts";
import { exits, library } from "./guests.ts";
import { callTool, inFolder, spawnTool } from "./run.ts";

const wordcount = join(root, "examples", "wordcount", "wordcount.wasm");

/** Runs a program under Node's WASI without this tool, and returns its stderr. */
function runElsewhere(file: string): string {
  const script = `
    import { readFileSync } from "node:fs";
    import { WASI } from "node:wasi";
    const wasi = new WASI({ version: "preview1", args: [], env: {}, returnOnExit: true });
    const module = new WebAssembly.Module(readFileSync(${JSON.stringify(file)}));
    wasi.start(new WebAssembly.Instance(module, wasi.getImportObject()));`;
  const flags = ["--no-warnings", "--no-turbo-fast-api-calls", "--input-type=module"];
  const { stderr } = spawnSync(process.execPath, [...flags, "-e", script], { encoding: "utf8" });
  return stderr;
}

test("instruments for another runtime, and converts what that logs into what a run here gives", async () => {
  await inFolder(async (folder) => {
    const file = join(folder, "guest.wasm");
    writeFileSync(file, exits(3));
    for (const mode of exactModes) {
      const made = join(folder, "instrumented.wasm");
      const done = await callTool("instrument", "--mode", mode, file, "-o", made);
      assert.equal(done.code, 0, done.stderr);
      assert.match(done.stderr, new RegExp(`mode ${mode.replace("+", "\\+")}, \\d+ -> \\d+ bytes`));
      const log = runElsewhere(made);
      assert.ok(log.startsWith("to stderr\n"));
      writeFileSync(join(folder, "log.txt"), log);
      const from = join(folder, "from-log.json");
      const converted = await callTool(
        "convert",
        join(folder, "log.txt"),
        "--module",
        file,
        "-o",
        from,
      );
      assert.equal(converted.code, 0, converted.stderr);
      const here = join(folder, "from-run.json");
      assert.equal(spawnTool(["profile", "-q", "--mode", mode, "-o", here, file]).code, 3);
      assert.equal(readFileSync(from, "utf8"), readFileSync(here, "utf8"));
      // Under another module's name the numbers would be nonsense.
      const other = join(folder, "other.wasm");
      writeFileSync(other, library);
      const wrong = await callTool("convert", join(folder, "log.txt"), "--module", other);
      assert.equal(wrong.code, 125);
      assert.match(wrong.stderr, /module whose SHA-256 starts with/);
    }
  });
});

test("copies a module in mode none, and tells scripts what it did", async () => {
  await inFolder(async (folder) => {
    const out = join(folder, "out.wasm");
    const { code, stdout } = await callTool(
      "instrument",
      "--mode",
      "none",
      "--json",
      wordcount,
      "-o",
      out,
    );
    assert.equal(code, 0);
    assert.deepEqual(readFileSync(out), readFileSync(wordcount));
    const summary = JSON.parse(stdout) as { growth: number; mode: string };
    assert.deepEqual([summary.growth, summary.mode], [1, "none"]);
  });
});

test("converts between all formats that can be read", async () => {
  await inFolder(async (folder) => {
    const first = join(folder, "first.json");
    const file = join(folder, "library.wasm");
    writeFileSync(file, library);
    assert.equal(
      spawnTool(["profile", "-q", "--invoke", "fib", "-o", first, file, "--", "12"]).code,
      0,
    );
    for (const { name, extensions, read } of formats) {
      const other = join(folder, `other${extensions[0]}`);
      assert.equal((await callTool("convert", first, "-o", other)).code, 0, name);
      if (read === undefined) continue;
      const table = await callTool("convert", other);
      assert.equal(table.code, 0, name);
      assert.match(table.stdout, /fib/, name);
      const json = await callTool("convert", other, "--json");
      const { totals } = JSON.parse(json.stdout) as { totals: Record<string, number> };
      const { totals: wanted } = JSON.parse(readFileSync(first, "utf8")) as {
        totals: Record<string, number>;
      };
      assert.ok(
        Object.values(totals).includes(wanted["insns"]!),
        `${name}: ${JSON.stringify(totals)} for ${JSON.stringify(wanted)}`,
      );
    }
  });
});

test("reads a profile from standard input and writes one to standard output", async () => {
  const { code, stdout } = spawnTool(["convert", "-", "--format", "folded", "-o", "-"], {
    input: "main;work 30\nmain;rest 12\n",
  });
  assert.equal(code, 0);
  assert.deepEqual(stdout.trim().split("\n").toSorted(), ["main;rest 12", "main;work 30"]);
});

test("names functions as a symbol map does", async () => {
  await inFolder(async (folder) => {
    const [file, symbols] = [join(folder, "library.wasm"), join(folder, "symbols.txt")];
    writeFileSync(file, library);
    writeFileSync(symbols, "0:renamed_fib\n");
    const { stderr } = spawnTool([
      "profile",
      "--symbols",
      symbols,
      "--invoke",
      "fib",
      file,
      "--",
      "5",
    ]);
    assert.match(stderr, /renamed_fib/);
    assert.match((await callTool("inspect", "--symbols", symbols, file)).stdout, /renamed_fib/);
  });
});

test("shows what a module consists of, for people and for scripts", async () => {
  const text = await callTool("inspect", "--top", "50", wordcount);
  assert.equal(text.code, 0);
  for (const part of [
    "sections",
    "imports (",
    "exports (",
    "largest functions",
    "_start",
    "fd_write",
  ]) {
    assert.ok(text.stdout.includes(part), part);
  }
  const json = await callTool("inspect", "--json", wordcount);
  const report = JSON.parse(json.stdout) as {
    size: number;
    functions: { index: number; size: number; name: string }[];
    imports: { module: string; name: string }[];
  };
  assert.equal(report.size, readFileSync(wordcount).length);
  assert.ok(report.functions.length > 10);
  assert.deepEqual(
    report.functions.map(({ size }) => size),
    report.functions.map(({ size }) => size).toSorted((left, right) => right - left),
  );
  assert.ok(report.imports.every(({ module }) => module === "wasi_snapshot_preview1"));
});
