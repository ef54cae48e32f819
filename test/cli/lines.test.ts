import assert from "node:assert/strict";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { lineTotals, readProfile } from "../../src/profile/index.ts";
import { readZipped } from "../../src/sys/index.ts";
import { root } from "../root.ts";
import { exits } from "./guests.ts";
import { callTool, inFolder, spawnTool } from "./run.ts";

const collatz = join(root, "workloads/collatz.wasm");
const source = "workloads/src/collatz.c";

/** Finds the line of the report about a line of the source: share, own, with callees, number, text. */
function reported(text: string, line: number): string | undefined {
  const lines = text.split("\n").map((row) => row.trim().replaceAll(/\s+/g, " "));
  return lines.find((row) => new RegExp(`^[0-9.]+ % [0-9,]+ [0-9,]+ ${line}\\b`).test(row));
}

test("shows what each line executed, in its source", () => {
  for (const mode of [[], ["--mode", "blocks"]]) {
    const { code, stderr } = spawnTool(["profile", "--lines", ...mode, collatz], { cwd: root });
    assert.equal(code, 0);
    assert.match(stderr, new RegExp(`\n${source}\n`));
    assert.equal(reported(stderr, 14), "19.79 % 806,888 806,888 14 steps++;");
    assert.equal(reported(stderr, 13), "0.00 % 0 2,420,664 13 n = step(n);");
    assert.doesNotMatch(stderr, /hottest blocks/);
  }
});

test("writes lines with the call tree, in formats that hold both", async () => {
  await inFolder(async (folder) => {
    const files = ["a.json", "a.pb.gz", "a.callgrind", "a.cpuprofile", "a.svg"].map((name) =>
      join(folder, name),
    );
    const outputs = files.flatMap((file) => ["-o", file]);
    const { code, stderr } = spawnTool(["profile", "--lines", ...outputs, collatz], { cwd: root });
    assert.equal(code, 0);
    assert.match(stderr, /no source lines in \S+a\.svg: --mode blocks/);
    for (const file of files.slice(0, 2)) {
      const { profile } = readProfile(readZipped(file))!;
      const { frames, nodeFrames, parents } = profile;
      // Callers, which flat lines have not.
      const called = nodeFrames.findIndex(
        (frame, node) => parents[node] !== -1 && frames[frame]!.line === 14,
      );
      assert.ok(called > 0, file);
      assert.equal(lineTotals(profile).find(({ line }) => line === 14)?.self, 806_888, file);
    }
    assert.match(readFileSync(files[2]!, "utf8"), /^14 806888 0$/m);
    // One node a function, its lines as ticks.
    assert.match(readFileSync(files[3]!, "utf8"), /"line":14,"ticks":806888\}/);
    const report = spawnTool(["profile", "--lines", "--json", collatz], { cwd: root });
    assert.equal(report.stdout, readFileSync(files[0]!, "utf8"));
  });
});

test("finds sources below --sources and lists functions where there are none", async () => {
  await inFolder((folder) => {
    // The module's own folder is looked through, too: take it away from its source.
    const file = join(folder, "collatz.wasm");
    copyFileSync(collatz, file);
    const listed = spawnTool(["profile", "--lines", file], { cwd: folder });
    assert.equal(reported(listed.stderr, 14), "19.79 % 806,888 806,888 14 length");
    const found = spawnTool(
      ["profile", "--lines", "--sources", join(root, "workloads/src"), file],
      { cwd: folder },
    );
    assert.equal(reported(found.stderr, 14), "19.79 % 806,888 806,888 14 steps++;");
  });
});

test("names the line of a trap, also without --lines", () => {
  const { code, stderr } = spawnTool(["profile", "--invoke", "divide", collatz, "--", "1", "0"]);
  assert.equal(code, 134);
  assert.match(stderr, new RegExp(`at divide \\(${source}:27, 0x[0-9a-f]+\\)\n`));
});

test("books lines later, from a file with blocks and the module that it is of", async () => {
  await inFolder(async (folder) => {
    const json = join(folder, "run.json");
    spawnTool(["profile", "--mode", "blocks", "-q", "-o", json, collatz]);
    const sources = ["--sources", root];
    const shown = await callTool("convert", json, "--module", collatz, "--lines", ...sources);
    assert.equal(reported(shown.stdout, 14), "19.79 % 806,888 806,888 14 steps++;");

    const other = join(folder, "other.wasm");
    writeFileSync(other, exits(0));
    const refused = await callTool("convert", json, "--module", other, "--lines");
    assert.equal(refused.code, 125);
    assert.match(refused.stderr, /SHA-256 [0-9a-f]{64}; that of .*other\.wasm is [0-9a-f]{64}/);

    const tree = join(folder, "tree.json");
    spawnTool(["profile", "-q", "-o", tree, collatz]);
    const none = await callTool("convert", tree, "--module", collatz, "--lines");
    assert.match(none.stderr, /no blocks: count them/);
  });
});

test("says what to do where there is no debug data, and which modes have no lines", async () => {
  await inFolder((folder) => {
    const file = join(folder, "guest.wasm");
    writeFileSync(file, exits(0));
    const { code, stderr } = spawnTool(["profile", "--lines", file]);
    assert.equal(code, 0);
    assert.match(stderr, /no source lines: compile with -g/);
    const refused = spawnTool(["profile", "--lines", "--mode", "calls", file]);
    assert.equal(refused.code, 125);
    assert.match(refused.stderr, /--lines is for mode blocks or tree\+blocks, not calls/);
  });
});
