// What scripts need of src, as `npx tsc -p tsconfig.test.json` compiles it.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Imports a module of `src` by its path there, without its extension. */
export async function compiled(path) {
  const url = new URL(`../.build/src/${path}.js`, import.meta.url);
  if (!existsSync(fileURLToPath(url)))
    throw new Error(`.build/src/${path}.js: not there (npx tsc -p tsconfig.test.json)`);
  return import(url.href);
}
