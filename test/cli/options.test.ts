import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { exactModes } from "../../src/instrument/index.ts";
import { modes } from "../../src/cli/commands/profile-modes.ts";
import { exits } from "./guests.ts";
import { callTool, inFolder } from "./run.ts";

/** Options with a value, and the modes that understand them. */
const rows: readonly (readonly [option: string, modes: readonly string[]])[] = [
  ["--lines", ["blocks", "tree+blocks"]],
  ["--memory=region", ["tree", "tree+blocks"]],
  ["--max-nodes=9", ["tree", "tree+blocks"]],
  ["--measure-overhead", ["calls", "insns", "blocks", "tree", "tree+blocks"]],
  ["--budget=3%", ["time"]],
  ["--calibrate", ["time"]],
  ["--only=main", ["time"]],
  ["--skip=main", ["time"]],
  ["--rate=100", ["sample"]],
  ["--join", ["sample"]],
  ["--runtime=wasmtime", [...exactModes, "sample"]],
];

for (const [option, known] of rows) {
  test(`refuses ${option} by name in modes that do not know it`, async () => {
    await inFolder(async (folder) => {
      const file = join(folder, "guest.wasm");
      writeFileSync(file, exits(0));
      const name = option.split("=")[0]!;
      for (const mode of modes.filter((entry) => !known.includes(entry))) {
        const { code, stderr } = await callTool("profile", "-m", mode, option, file);
        assert.equal(code, 125, mode);
        const why = `${name} is for mode ${known.join(" or ")}, not ${mode}`;
        assert.equal(stderr, `wasmscope: error: ${why}; try wasmscope profile --help\n`);
      }
    });
  });
}

test("refuses what would be without effect, and words that nothing is done with", async () => {
  await inFolder(async (folder) => {
    const file = join(folder, "guest.wasm");
    writeFileSync(file, exits(0));
    const cases: readonly (readonly [RegExp, ...string[]])[] = [
      [/--rate is for mode sample, not tree;/, "profile", "--rate", "100", file],
      [/x: no runtime .*; there are: node, .*;/, "profile", "--runtime", "x", file],
      [/--sink is for --runtime;/, "profile", "--sink", "x", file],
      [/--join is for .* not wasmtime;/, "profile", "--runtime", "wasmtime", "--join", file],
      [/--live is for .* not wasmtime;/, "profile", "--runtime", "wasmtime", "--live", file],
      [/--sources is for --lines;/, "profile", "--sources", folder, file],
      [/--format is for --output;/, "profile", "--format", "svg", file],
      [/--label is for --push;/, "profile", "--label", "a=b", file],
      [/--json does not go with --quiet;/, "profile", "--json", "-q", file],
      [/--memory is not for mode blocks;/, "instrument", file, "-o", "x", "--memory", "second"],
      [
        /--max-nodes is not for mode calls;/,
        "instrument",
        file,
        "-o",
        "x",
        "-m",
        "calls",
        "--max-nodes",
        "9",
      ],
      [
        /--sink is not for mode none;/,
        "instrument",
        file,
        "-o",
        "x",
        "-m",
        "none",
        "--sink",
        "export",
      ],
      [/--format is for -o;/, "convert", "a.json", "--format", "svg"],
      [/--sources is for --lines;/, "convert", "a.json", "--sources", folder],
      [/what is b\.json for\?/, "convert", "a.json", "b.json"],
      [/what is b\.json for\?/, "view", "a.json", "b.json"],
      [/what is b\.wasm for\?/, "inspect", file, "b.wasm"],
      [/what is b\.wasm for\?/, "instrument", file, "b.wasm", "-o", join(folder, "o.wasm")],
      [/what is b\.wasm for\?/, "symbolize", "a.json", "b.wasm"],
      [/what is 5 for\?/, "inspect", file, "--", "5"],
      [/'--timeout' argument is ambiguous; .*=-XYZ'; try/, "profile", file, "--timeout", "-1"],
    ];
    for (const [message, ...args] of cases) {
      const { code, stderr } = await callTool(...args);
      assert.equal(code, 125, args.join(" "));
      assert.match(stderr, message, args.join(" "));
      assert.match(stderr, /^wasmscope: [^\n]+\n$/, `${args.join(" ")}: one line`);
    }
  });
});
