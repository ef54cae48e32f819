import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, describe, it } from "node:test";
import type { Profile } from "../../src/profile/index.ts";
import { formatOf, functionTotals } from "../../src/profile/index.ts";
import { missing } from "../skip.ts";
import { realisticTree } from "./realistic.ts";
import { samples } from "./samples.ts";

const firefox = formatOf("x.firefox.json")!;

/** The profiler's own code behind a command line; it says that it wants Node 24, and runs on 20. */
function findTool(): string | undefined {
  try {
    const require = createRequire(import.meta.url);
    const manifest = require.resolve("@firefox-devtools/profiler-cli/package.json");
    return join(dirname(manifest), "dist", "profiler-cli.js");
  } catch {
    return undefined;
  }
}

const tool = findTool();

interface Functions {
  readonly functions: readonly { name: string; selfSamples: number; totalSamples: number }[];
}

describe(
  "the Firefox Profiler",
  tool === undefined
    ? missing("no profiler: npm install --save-dev @firefox-devtools/profiler-cli")
    : {},
  () => {
    const folder = mkdtempSync(join(tmpdir(), "wasmscope-firefox-"));
    after(() => rmSync(folder, { recursive: true, force: true }));

    const run = (...args: string[]): string =>
      execFileSync(process.execPath, [tool!, ...args], {
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
        const found = functions.map(({ name: func, selfSamples, totalSamples }) => [
          func,
          selfSamples,
          totalSamples,
        ]);
        const wanted = functionTotals(profile)
          .map(({ frame, self, total }) => [
            frame.name,
            self[profile.primary]!,
            total[profile.primary]!,
          ])
          .filter(([, , total]) => total !== 0);
        assert.deepEqual(found.toSorted(), wanted.toSorted());
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
