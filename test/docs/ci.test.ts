import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { parse as parseYaml } from "yaml";
import { parse } from "../../src/cli/command.ts";
import type { Parsed } from "../../src/cli/command.ts";
import { commands } from "../../src/cli/main.ts";
import { parseGrowthLimit } from "../../src/profile/index.ts";
import { root } from "../root.ts";

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly id?: string;
}

const workflow = parseYaml(
  readFileSync(join(root, "docs/examples/wasmscope-diff.yml"), "utf8"),
) as { on: Record<string, unknown>; jobs: Record<string, { steps: readonly Step[] }> };
const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
const page = readFileSync(join(root, "docs/ci.md"), "utf8");

/** Finds the tool's command lines in a shell script, and splits them into words as a shell does. */
function commandLines(script: string): string[][] {
  return script
    .replaceAll("\\\n", " ")
    .split("\n")
    .flatMap((line) => {
      const start = /^\s*(?:npx )?wasmscope (.*)$/.exec(line)?.[1];
      const own = start?.split(/ (?:>|\|\|?|&&) /)[0];
      if (own === undefined) return [];
      return [
        Array.from(own.matchAll(/'([^']*)'|(\S+)/g), ([, quoted, plain]) => (quoted ?? plain)!),
      ];
    });
}

function parsed(words: readonly string[]): Parsed {
  const command = commands.find(({ name }) => name === words[0]);
  assert.ok(command, `a command ${words[0]}`);
  return parse(command, words.slice(1));
}

describe("docs/ci.md and its workflow", () => {
  it("has steps that GitHub knows: each uses an action of some version or runs something", () => {
    assert.deepEqual(Object.keys(workflow.on), ["push", "pull_request"]);
    for (const step of steps) {
      assert.equal(Number(step.uses !== undefined) + Number(step.run !== undefined), 1, step.name);
      if (step.uses !== undefined) assert.match(step.uses, /^actions\/[\w/-]+@v\d+$/);
    }
    const ids = steps.map(({ id }) => id);
    for (const { if: condition = "" } of steps) {
      for (const [, id] of condition.matchAll(/steps\.(\w+)/g)) assert.ok(ids.includes(id));
    }
  });

  it("has command lines that this version understands", () => {
    const lines = [...steps.flatMap(({ run = "" }) => commandLines(run)), ...commandLines(page)];
    const names = lines.map((words) => words[0]);
    assert.deepEqual(names, ["profile", "diff", "profile", "profile", "diff", "diff"]);
    for (const words of lines) {
      const limits = words[0] === "diff" ? parsed(words).values("fail-over") : [];
      parsed(words);
      assert.ok(limits.every((limit) => parseGrowthLimit(limit).share <= 0.05));
    }
  });

  it("shows limits that can be read", () => {
    const shown = Array.from(page.matchAll(/`--fail-over '?([^'`]+)'?`/g), ([, limit]) => limit!);
    assert.deepEqual(
      shown.map((limit) => parseGrowthLimit(limit).share),
      [0.005, 0.005, 0.01],
    );
  });
});
