import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { functionFrames, readWords, toProfile } from "../../src/collect/index.ts";
import { exactModes, instrument, readCounts } from "../../src/instrument/index.ts";
import type { ExactMode } from "../../src/instrument/index.ts";
import { diffProfiles, findExcesses, formatOf, parseGrowthLimit } from "../../src/profile/index.ts";
import type { Profile } from "../../src/profile/index.ts";
import { sha256 } from "../../src/sys/index.ts";
import { decodeModule } from "../../src/wasm/index.ts";
import { wat } from "../oracle/wat.ts";
import { callTool, inFolder } from "./run.ts";

/** A program that spends a fifth of its work in `hot`, whose loop runs as often as is said. */
const program = (rounds: number, more = ""): Uint8Array =>
  wat(`(module ${more}
    (func $spin (param i32) (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
    (func $hot (local i32) (local.set 0 (i32.const ${rounds}))
      (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
    (func (export "run") (call $hot) (call $spin (i32.const 4000))))`);

function profile(bytes: Uint8Array, mode: ExactMode): Profile {
  const made = instrument(bytes, { mode }).bytes as Uint8Array<ArrayBuffer>;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(made));
  (exports["run"] as () => void)();
  const counts = readCounts(bytes, mode, readWords(exports));
  const module = { name: "program.wasm", sha256: sha256(bytes) };
  return toProfile(counts, module, functionFrames(decodeModule(bytes)));
}

function changedFunctions(before: Profile, after: Profile, limit: string): string[] {
  const excesses = findExcesses(diffProfiles(before, after), [parseGrowthLimit(limit)]);
  return excesses.map(({ frame }) => frame?.name ?? "(all)");
}

test("raises no false alarm in 100 runs, and finds a function that does 0.5 % more", () => {
  const [plain, slower] = [program(1000), program(1005)];
  // Another build of the same: indices and hash differ.
  const rebuilt = program(1000, `(func (export "unused") (nop))`);
  for (const mode of exactModes) {
    const before = profile(plain, mode);
    for (let run = 0; run < 100; run++) {
      const again = run % 2 === 0 ? profile(plain, mode) : profile(rebuilt, mode);
      assert.deepEqual(changedFunctions(before, again, "0%"), [], mode);
      assert.deepEqual(changedFunctions(before, again, "*=0%"), [], mode);
    }
    // Neither was called more often.
    if (mode === "calls") continue;
    const after = profile(slower, mode);
    assert.deepEqual(changedFunctions(before, after, "*=0.49%"), ["hot"], mode);
    assert.deepEqual(changedFunctions(before, after, "*=0.5%"), [], mode);
    assert.deepEqual(changedFunctions(before, after, "0.09%"), ["(all)", "hot"], mode);
    assert.deepEqual(changedFunctions(before, after, "0.5%"), [], mode);
  }
});

test("compares files, in any format, and answers by its exit code", async () => {
  await inFolder(async (folder) => {
    const write = (name: string, of: Profile): string => {
      writeFileSync(join(folder, name), formatOf(name)!.write(of));
      return join(folder, name);
    };
    const before = write("before.json", profile(program(1000), "tree"));
    const after = write("after.json", profile(program(1005), "tree"));
    const blocks = write("blocks.json", profile(program(1000), "blocks"));
    assert.equal((await callTool("diff", before, before, "--fail-over", "0%")).code, 0);
    const over = await callTool("diff", before, after, "--fail-over", "*=0.4%");
    assert.equal(over.code, 1, over.stderr);
    assert.match(over.stdout, /\+25 +\+0\.50 % +\+0\.10 % .* ! hot\n/);
    assert.match(over.stdout, /over the limit: hot grew by 25 instructions, 0\.50 % of itself/);
    assert.equal((await callTool("diff", after, before, "--fail-over", "*=0%")).code, 0);

    const [svg, folded] = [join(folder, "d.svg"), join(folder, "d.folded")];
    const json = await callTool("diff", before, after, "--json", "-o", svg, "-o", folded);
    const report = JSON.parse(json.stdout) as { functions: Record<string, unknown>[] };
    const hot = report.functions[0]!;
    assert.deepEqual([hot["name"], hot["presence"], hot["change"]], ["hot", "both", 25]);
    assert.match(readFileSync(folded, "utf8"), /^run;hot 5003 5028$/m);
    assert.match(readFileSync(svg, "utf8"), /Difference: program\.wasm/);

    const nobody = await callTool("diff", "-q", before, after, "--fail-over", "no*body=1%");
    assert.equal(nobody.code, 0);
    assert.equal(nobody.stderr, "wasmscope: --fail-over: no function is called no*body\n");
    const quiet = await callTool("diff", "-q", before, after, "--fail-over", "0.01%");
    assert.deepEqual([quiet.code, quiet.stdout], [1, ""]);
    assert.match(quiet.stderr, /over the limit: the total grew by 25 instructions, 0\.10 %/);

    const several = await callTool("diff", before, before, "--fail-over", "0%", "--", after);
    assert.deepEqual([several.code, several.stderr], [1, ""]);
    assert.match(
      several.stdout,
      /Means of 2 and 1 runs.*\n(?:.*\n)*over the limit: hot grew by 25 instr/,
    );

    const failures: readonly (readonly [args: string[], message: RegExp])[] = [
      [[before], /two profiles are compared, not 1/],
      [[before, after, after], /two profiles are compared, not 3/],
      [[before, blocks], /different modes .*tree before, blocks after/],
      [[before, join(folder, "none.json")], /no such file/],
      [[before, after, "-o", "x.png"], /ending/],
      [[before, after, "--fail-over", "much"], /PERCENT/],
      [[before, write("text.svg", profile(program(1), "tree"))], /holds no profile/],
    ];
    for (const [args, message] of failures) {
      const failed = await callTool("diff", ...args);
      assert.equal(failed.code, 125, args.join(" "));
      assert.match(failed.stderr, message);
    }
    for (const name of ["x.folded", "x.pprof", "x.speedscope.json"]) {
      const [left, right] = [
        write(`b-${name}`, profile(program(1000), "tree")),
        write(`a-${name}`, profile(program(1005), "tree")),
      ];
      const done = await callTool("diff", left, right, "--fail-over", "*=0.4%");
      assert.equal(done.code, 1, `${name}: ${done.stderr}`);
      assert.match(done.stdout, /! hot\n/, name);
    }
  });
});
