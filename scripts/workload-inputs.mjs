// Writes what workloads are given into .cache/inputs: `node scripts/workload-inputs.mjs [--bless] [NAME...]`. The same bytes
// everywhere, checked against workloads/manifest.json; what is there already is left alone.
//   --bless  makes all of them and writes their sizes and sha256 into the manifest
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { digitsFile } from "./input-digits.mjs";
import { margFile } from "./input-marg.mjs";
import { colourFile, greyFile, scene, scenes } from "./input-scenes.mjs";
import { zipEntries, zipFile } from "./input-zip.mjs";
import { formatManifest } from "./manifest-format.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, ".cache/inputs");

/** By name: how to make it and, where the bytes depend on a compressor, what is inside. */
const recipes = {
  ...street(320, 240, 1),
  ...street(640, 480, 2),
  ...street(1600, 1200, 3),
  ...cars(2, 480, 360, 10),
  ...cars(6, 640, 480, 20),
  ...cars(6, 1280, 960, 30),
  "marg-2000.csv": { make: () => margFile(2000, 5) },
  "marg-20000.csv": { make: () => margFile(20000, 6) },
  "digits-50.idx": { make: () => digitsFile(50, 3) },
  "digits-500.idx": { make: () => digitsFile(500, 4) },
  "digits-2000.idx": { make: () => digitsFile(2000, 5) },
  ...archive("archive-32k.zip", 32, 7),
  ...archive("archive-1m.zip", 1024, 8),
};

function street(width, height, seed) {
  const make = () => colourFile(scene(width, height, seed), width, height);
  return { [`street-${width}x${height}.ppm`]: { make } };
}

/** Scenes and, in a file of their own, the boxes of the plates. */
function cars(count, width, height, seed) {
  const name = `cars-${count}-${width}x${height}`;
  let known;
  const drawn = () => (known ??= scenes(count, width, height, seed));
  return {
    [`${name}.pgm`]: { make: () => greyFile(drawn(), width, height) },
    [`${name}.json`]: {
      make: () => Buffer.from(JSON.stringify(drawn().map(({ plate }) => plate))),
    },
  };
}

function archive(name, kilobytes, seed) {
  const content = () => Buffer.concat(zipEntries(kilobytes, seed).map(({ data }) => data));
  return { [name]: { make: () => zipFile(kilobytes, seed), content } };
}

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** What the manifest holds of an input. */
function entryOf({ content }, bytes) {
  if (content === undefined) return { bytes: bytes.length, sha256: sha256(bytes) };
  return { bytes: bytes.length, sha256: sha256(content()), of: "content" };
}

function put(name, bytes) {
  mkdirSync(folder, { recursive: true });
  // Two tests may start this at once: whoever is last replaces a file by its equal.
  const partial = join(folder, `${name}.${process.pid}`);
  writeFileSync(partial, bytes);
  renameSync(partial, join(folder, name));
}

function isThere(name, known) {
  const file = join(folder, name);
  if (known === undefined || !existsSync(file)) return false;
  // The compressor's bytes cannot be compared: such a file is one that was checked when it was made.
  return known.of === "content" || sha256(readFileSync(file)) === known.sha256;
}

const { values, positionals } = parseArgs({
  options: { bless: { type: "boolean" } },
  allowPositionals: true,
});
const manifestFile = join(root, "workloads/manifest.json");
const manifest = JSON.parse(readFileSync(manifestFile, "utf8"));
const blessed = {};
for (const [name, recipe] of Object.entries(recipes)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const known = manifest.inputs[name];
  if (!values.bless && isThere(name, known)) continue;
  const bytes = recipe.make();
  blessed[name] = entryOf(recipe, bytes);
  if (!values.bless && blessed[name].sha256 !== known?.sha256) {
    console.error(
      `${name}: not what workloads/manifest.json says (sha256 ${blessed[name].sha256})`,
    );
    process.exitCode = 1;
    continue;
  }
  put(name, bytes);
  console.log(`${join(".cache/inputs", name)}: ${bytes.length} bytes`);
}
if (values.bless) {
  manifest.inputs = positionals.length > 0 ? { ...manifest.inputs, ...blessed } : blessed;
  writeFileSync(manifestFile, formatManifest(manifest));
}
