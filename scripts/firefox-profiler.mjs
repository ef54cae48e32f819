// Fetches the Firefox Profiler's own code, behind a command line, into .cache/firefox-profiler: test/formats loads what
// is written with it. It says that it wants Node 24, and runs on 20; as a development dependency every `npm ci` would
// warn of that. Usage: node scripts/firefox-profiler.mjs
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), ".cache/firefox-profiler");
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--no-save"];
const { status } = spawnSync(
  "npm",
  ["install", ...flags, "@firefox-devtools/profiler-cli@0.10.0"],
  {
    cwd: folder,
    stdio: "inherit",
    shell: process.platform === "win32",
  },
);
process.exitCode = status ?? 1;
