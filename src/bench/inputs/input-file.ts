import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, sha256 } from "../../sys/index.ts";
import { loadManifest, type WorkloadInput } from "../manifest.ts";
import { type InputRecipe, inputRecipes } from "./recipes.ts";

/**
 * Gives the path of a generated input, which is made in the cache folder unless it is there (a second or two for the
 * largest). Throws when what is made is not what the manifest says.
 */
export function inputFile(name: string): string {
  const known = loadManifest().inputs[name];
  const recipe = inputRecipes[name];
  if (known === undefined || recipe === undefined) throw new Error(`${name}: no such input`);
  const file = join(cacheFolder("inputs"), name);
  if (isThere(file, known)) return file;
  const bytes = recipe.make();
  const made = inputEntry(recipe, bytes);
  if (made.sha256 !== known.sha256) {
    throw new Error(`${name}: not what workloads/manifest.json says (sha256 ${made.sha256})`);
  }
  put(file, bytes);
  return file;
}

/** Gives what the manifest holds of an input. */
export function inputEntry({ content }: InputRecipe, bytes: Uint8Array): WorkloadInput {
  if (content === undefined) return { bytes: bytes.length, sha256: sha256(bytes) };
  return { bytes: bytes.length, sha256: sha256(content()), of: "content" };
}

function isThere(file: string, known: WorkloadInput): boolean {
  if (!existsSync(file)) return false;
  // The compressor's bytes cannot be compared: such a file is one that was checked when it was made.
  return known.of === "content" || sha256(readFileSync(file)) === known.sha256;
}

function put(file: string, bytes: Uint8Array): void {
  mkdirSync(cacheFolder("inputs"), { recursive: true });
  // Two processes may make this at once: whoever is last replaces a file by its equal.
  const partial = `${file}.${process.pid}`;
  writeFileSync(partial, bytes);
  renameSync(partial, file);
}
