import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { runCold } from "../../src/runtimes/index.ts";
import type { ColdOptions } from "../../src/runtimes/index.ts";

const folder = mkdtempSync(join(tmpdir(), "wasmscope-cold-"));
after(() => rmSync(folder, { recursive: true }));

const shell = (script: string): { file: string; args: string[] } => ({
  file: "sh",
  args: ["-c", script],
});

const cases: readonly (readonly [what: string, script: string, end: object, more?: ColdOptions])[] =
  [
    ["an exit", "exit 3", { kind: "exit", code: 3 }],
    ["an abort", "kill -ABRT $$", { kind: "signal", signal: "SIGABRT" }],
    ["a time-out", "sleep 60", { kind: "timeout" }, { timeoutMs: 100 }],
    [
      "a time-out of a program with children",
      "sleep 60 & sleep 60",
      { kind: "timeout" },
      { timeoutMs: 100 },
    ],
    [
      "memory that runs over",
      "exec perl -e '$x = \"x\" x 100_000_000; sleep 60'",
      { kind: "memory" },
      { residentBytes: 50_000_000, timeoutMs: 30_000 },
    ],
  ];

for (const [what, script, end, options] of cases) {
  test(`sees ${what}`, async () => {
    const run = await runCold(shell(script), options);
    assert.deepEqual(run.end, end);
    assert.equal(run.wallNs, run.endNs - run.startNs);
  });
}

test("says what cannot be started", async () => {
  const { end } = await runCold({ file: "/nowhere/engine", args: [] });
  assert.equal(end.kind, "failed");
});

test("gives files for the standard streams, and a variable", async () => {
  const file = (name: string): string => join(folder, name);
  writeFileSync(file("in"), "input\n");
  const command = { ...shell("cat; echo $WORD >&2"), env: { WORD: "word" } };
  const streams = { stdin: file("in"), stdout: file("out"), stderr: file("err") };
  const { end } = await runCold(command, streams);
  assert.deepEqual(end, { kind: "exit", code: 0 });
  assert.equal(readFileSync(file("out"), "utf8"), "input\n");
  assert.equal(readFileSync(file("err"), "utf8"), "word\n");
});

test("books what children cost on the run, and not what this process holds", async (context) => {
  const ballast = Buffer.alloc(200_000_000, 1);
  const child = "perl -e '$x = \"x\" x 60_000_000; $i = 0; $i++ while $i < 1_000_000'";
  const { usage } = await runCold(shell(`${child}; true`));
  assert.ok(ballast[1] === 1 && usage !== undefined);
  if (usage.by !== "wait4") return context.skip("no Perl");
  assert.ok(usage.peakBytes > 60_000_000 && usage.peakBytes < 150_000_000, `${usage.peakBytes}`);
  assert.ok(usage.userNs > 1_000_000);
  const small = await runCold(shell("exit 0"));
  assert.ok(small.usage!.peakBytes < 30_000_000, `${small.usage!.peakBytes}`);
});
