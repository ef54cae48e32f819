import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * Finds the folder of an npm package that may be installed: beside this one, in the current folder, or
 * globally for the Node that runs.
 */
export function findPackage(name: string): string | undefined {
  for (const from of [import.meta.url, pathToFileURL(join(process.cwd(), "x.js"))]) {
    try {
      return dirname(createRequire(from).resolve(`${name}/package.json`));
    } catch {
      // Not there.
    }
  }
  const prefix = dirname(dirname(process.execPath));
  return [join(prefix, "lib", "node_modules", name), join(prefix, "node_modules", name)].find(
    (folder) => existsSync(join(folder, "package.json")),
  );
}
