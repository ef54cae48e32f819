import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import type { Profile } from "../../src/profile/index.ts";
import { formatOf, functionTotals } from "../../src/profile/index.ts";
import { root } from "../root.ts";
import { missing } from "../skip.ts";
import { realisticTree } from "./realistic.ts";
import { samples } from "./samples.ts";

const firefox = formatOf("x.firefox.json")!;

/** The profiler's own code behind a command line. */
const tool = join(
  root,
  ".cache/firefox-profiler/node_modules/@firefox-devtools/profiler-cli/dist/profiler-cli.js",
);

interface Functions {
  readonly functions: readonly { name: string; selfSamples: number; totalSamples: number }[];
}

type Row = readonly [name: string, self: number, total: number];

const byName = ([a]: Row, [b]: Row): number => (a < b ? -1 : 1);

describe(
  "the Firefox Profiler",
  existsSync(tool) ? {} : missing("no Firefox Profiler: node scripts/firefox-profiler.mjs"),
  () => {
    const folder = mkdtempSync(join(tmpdir(), "wasmscope-firefox-"));
    after(() => rmSync(folder, { recursive: true, force: true }));

    const run = (...args: string[]): string =>
      execFileSync(process.execPath, [tool, ...args], {
        encoding: "utf8",
        env: {
          ...process.env,
          PROFILER_CLI_SESSION_DIR: folder,
          PROFILER_CLI_NO_SYMBOLICATE: "1",
          PROFILER_CLI_LOAD_TIMEOUT_MS: "60000",
        },
        stdio: ["ignore", "pipe", "pipe"],
      });

    /** Half a second after its start the process in the background is given up, though it goes on. */
    const load = (file: string): void => {
      try {
        run("load", file, "--session", "test");
      } catch (error) {
        for (let tries = 1; ; tries++) {
          try {
            run("status", "--session", "test");
            return;
          } catch {
            if (tries === 100) throw error;
          }
        }
      }
    };

    /** Loads a profile, asks something, and ends the process that holds it. */
    const ask = (profile: Profile, ...questions: string[][]): string[] => {
      const file = join(folder, "profile.firefox.json");
      writeFileSync(file, firefox.write(profile));
      load(file);
      try {
        return questions.map((question) => run(...question, "--session", "test"));
      } finally {
        run("stop", "test");
      }
    };

    const profiles = {
      recursion: samples["recursion"]!,
      realistic: realisticTree(300),
      "flat calls": samples["flat calls"]!,
    };
    for (const [name, profile] of Object.entries(profiles)) {
      it(`shows what functions spend: ${name}`, () => {
        const [text] = ask(profile, ["thread", "functions", "--thread", "t-0", "--json"]);
        const { functions }: Functions = JSON.parse(text!);
        const found = functions.map(({ name: func, selfSamples, totalSamples }): Row => [
          func,
          selfSamples,
          totalSamples,
        ]);
        const wanted = functionTotals(profile)
          .map(({ frame, self, total }): Row => [
            frame.name,
            self[profile.primary]!,
            total[profile.primary]!,
          ])
          .filter(([, , total]) => total !== 0);
        assert.deepEqual(found.toSorted(byName), wanted.toSorted(byName));
      });
    }

    it("shows inlined functions, notes and the module", () => {
      const profile = { ...samples["inlined twice"]!, notes: ["It trapped."] };
      const [tree, meta] = ask(
        profile,
        ["thread", "samples-top-down", "--thread", "t-0"],
        ["profile", "meta"],
      );
      assert.match(tree!, /app\.wasm!sum \(inl\)/);
      assert.match(meta!, /Note: It trapped\./);
      assert.match(meta!, new RegExp(profile.module.sha256));
    });
  },
);
