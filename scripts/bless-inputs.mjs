// Makes inputs of workloads anew and writes their sizes and SHA-256 into workloads/manifest.json:
// `npx tsc -p tsconfig.test.json && node scripts/bless-inputs.mjs [NAME...]`.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compiled } from "./compiled.mjs";
import { formatManifest } from "./manifest-format.mjs";

const { inputEntry, inputRecipes } = await compiled("bench/inputs/index");
const file = join(dirname(dirname(fileURLToPath(import.meta.url))), "workloads/manifest.json");
const manifest = JSON.parse(readFileSync(file, "utf8"));
const names = process.argv.slice(2);
const blessed = {};
for (const [name, recipe] of Object.entries(inputRecipes))
  if (names.length === 0 || names.includes(name)) blessed[name] = inputEntry(recipe, recipe.make());
manifest.inputs = names.length > 0 ? { ...manifest.inputs, ...blessed } : blessed;
writeFileSync(file, formatManifest(manifest));
console.log(`blessed ${Object.keys(blessed).join(", ")}`);
