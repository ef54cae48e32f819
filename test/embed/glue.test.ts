import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { readProfile } from "../../src/profile/index.ts";
import type { Profile } from "../../src/profile/index.ts";
import { inFolder } from "../cli/run.ts";
import { cache, rows } from "../real/manifest.ts";
import type { Row } from "../real/manifest.ts";
import { runRow } from "../real/run-row.ts";
import { root } from "../root.ts";
import { missing } from "../skip.ts";

const runner = fileURLToPath(new URL("run-embedded.js", import.meta.url));
const node26 = join(root, ".cache/node26/node_modules/.bin/node");
const newer = existsSync(node26) ? [[node26, "auto"]] : [];

/** Programs by their glue, with a host function and a function of theirs that must be found. */
const glues: readonly {
  readonly name: string;
  readonly glue: string;
  readonly host: RegExp;
  readonly guest: RegExp;
  /** Whether two runs execute the same instructions: a program that asks for time or random numbers does not. */
  readonly exact: boolean;
}[] = [
  {
    name: "js-resvg",
    glue: "wasm-bindgen",
    host: /__wbindgen_/,
    guest: /render|func/,
    exact: true,
  },
  { name: "js-sqljs", glue: "Emscripten", host: /^a\./, guest: /./, exact: false },
  {
    name: "js-source-map",
    glue: "own glue",
    host: /mapping_callback/,
    guest: /parse_mappings/,
    exact: true,
  },
  {
    name: "js-go",
    glue: "Go",
    host: /gojs\.|^syscall\/js|runtime\.wasmExit|go\./,
    guest: /main\.count/,
    exact: false,
  },
];

function runEmbedded(
  node: string,
  row: Row,
  mode: string,
): Promise<{ profile: Profile; stdout: string }> {
  return inFolder((folder) => {
    const output = join(folder, "profile.json");
    const args = ["--no-warnings", runner, JSON.stringify(row), mode, output];
    const { status, stdout, stderr } = spawnSync(node, args, { encoding: "latin1" });
    assert.equal(status, 0, stderr);
    return { profile: readProfile(readFileSync(output))!.profile, stdout };
  });
}

function total(profile: Profile, name: string): number {
  const column = profile.valueTypes.findIndex((type) => type.name === name);
  const own = profile.selfValues[column]!.filter(
    (_, node) => profile.frames[profile.nodeFrames[node]!]!.host !== true,
  );
  return own.reduce((sum, value) => sum + value, 0);
}

for (const { name, glue, host, guest, exact } of glues) {
  const row = rows.find((known) => known.name === name);
  const options = row ? {} : missing(`no ${name}: node scripts/real-programs.mjs --only ${name}`);
  describe(`unmodified glue: ${name} (${glue})`, options, () => {
    it("does what it does, and is counted alike in several modes", async () => {
      const plain = runRow(row!, readFileSync(join(cache, row!.file)));
      assert.equal(plain.exitCode, 0, plain.stderr);
      const runs = [[process.execPath, "auto"], [process.execPath, "insns"], ...newer];
      const found: Profile[] = [];
      for (const [node, mode] of runs) {
        const { profile, stdout } = await runEmbedded(node!, row!, mode!);
        assert.equal(stdout, plain.stdout, `${node} ${mode}`);
        found.push(profile);
      }
      const totals = found.map((profile) => total(profile, "instructions"));
      assert.ok(totals.every((sum) => sum > 0));
      if (exact) assert.equal(new Set(totals).size, 1, totals.join());
      // The newer engine has room for a tree beside the module's memory.
      for (const profile of found.slice(2)) assert.equal(profile.mode, "tree");
      const names = (ofHost: boolean): string =>
        found
          .at(newer.length === 0 ? 0 : -1)!
          .frames.filter((frame) => (frame.host === true) === ofHost)
          .map((frame) => frame.name)
          .join("\n");
      assert.match(names(true), new RegExp(host, "m"));
      assert.match(names(false), guest);
    });
  });
}
