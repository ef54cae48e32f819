// Runs every compiled test under .build with node:test; arguments filter the files by a part of their path.
// (Node 20 has no globs in `node --test`, and Node 22 no folders: the list is made here.)
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { buildWeb } from "./build-web.mjs";

// The compiler cannot make what src/report embeds.
await buildWeb(".build/src");

const filters = process.argv.slice(2);
const files = readdirSync(".build", { recursive: true })
  .map(String)
  .filter((file) => file.endsWith(".test.js"))
  // The compiler leaves the output of a source that was renamed or removed.
  .filter((file) => existsSync(file.replace(/js$/, "ts")))
  .filter((file) => filters.length === 0 || filters.some((part) => file.includes(part)))
  .map((file) => join(".build", file))
  .toSorted();
// Given no files, node would look for some itself, and run everything.
if (files.length === 0) throw new Error(`no test has ${filters.join(" or ")} in its path`);
const { status } = spawnSync(
  process.execPath,
  ["--enable-source-maps", "--test", "--test-reporter=spec", ...files],
  { stdio: "inherit" },
);
process.exitCode = status ?? 1;
