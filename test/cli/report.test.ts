import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { recordSetOfPaper } from "../report/bench-pages.ts";
import { callTool, inFolder } from "./run.ts";

const set = recordSetOfPaper();
const text = (run: string): string =>
  [...set.machines, ...set.failures, ...set.records.map((record) => ({ ...record, run }))]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join("");

describe("report", () => {
  it("makes the paper's page of its records, another of others, in both formats", () =>
    inFolder(async (folder) => {
      const [paper, other] = [join(folder, "paper.jsonl"), join(folder, "other.jsonl")];
      writeFileSync(paper, text("hpcc21-0123"));
      writeFileSync(other, text("0123"));
      const html = join(folder, "a.html");
      const markdown = join(folder, "a.md");
      const { code, stderr } = await callTool("report", paper, "-o", html, "-o", markdown);
      assert.equal(code, 0, stderr);
      assert.match(readFileSync(html, "utf8"), /^<!doctype html>.*measured again/s);
      assert.match(
        readFileSync(markdown, "utf8"),
        /^# Edge WebAssembly runtimes, measured again\n/,
      );
      await callTool("report", paper, other, "-o", html);
      assert.match(readFileSync(html, "utf8"), /<h1>\d+ modules<\/h1>/);
    }));

  const wrong: readonly (readonly [args: string[], content: string, says: RegExp])[] = [
    [[], "", /which records\?/],
    [["FILE"], text("1"), /where to\? -o report\.html/],
    [["FILE", "-o", "FILE"], text("1"), /would be written over/],
    [["FILE", "-o", "OUT"], "", /no measurement stands in there/],
    [["FILE", "-o", "OUT"], '{"schema":"x"}\n', /line 1 is no record of a measurement/],
    [["FILE", "-o", "OUT"], "x\n", /line 1 is no JSON/],
  ];
  for (const [args, content, says] of wrong) {
    it(`refuses ${args.join(" ") || "nothing"}: ${says.source}`, () =>
      inFolder(async (folder) => {
        const [file, out] = [join(folder, "in.jsonl"), join(folder, "out.html")];
        writeFileSync(file, content);
        const spelled = args.map((word) => ({ FILE: file, OUT: out })[word] ?? word);
        const { code, stderr } = await callTool("report", ...spelled);
        assert.equal(code, 125);
        assert.match(stderr, says);
      }));
  }
});

describe("reproduce", () => {
  const wrong: readonly (readonly [line: string, says: RegExp])[] = [
    ["nothing", /which experiment\? there are: instrument, hpcc21/],
    ["hpcc21 fig6", /no experiment fig6; there are: fig5, fig7, fig8, fig9, arm/],
    ["hpcc21 fig5 --runtime nowhere", /no runtime has the name "nowhere"/],
    ["hpcc21 --repetitions 3", /hpcc21 has no --repetitions/],
    ["instrument --records x", /instrument has no --records/],
    ["hpcc21 -o /nowhere/at/all.html", /cannot write \/nowhere\/at\/all\.html/],
  ];
  for (const [line, says] of wrong) {
    it(`refuses ${line}`, async () => {
      const { code, stderr } = await callTool("reproduce", ...line.split(" "));
      assert.equal(code, 125);
      assert.match(stderr, says);
    });
  }
});
