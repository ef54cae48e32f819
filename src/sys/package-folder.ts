import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Gives the folder of this package: the code runs from `dist` when it is installed, from `.build/src` in tests. */
export function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) {
    const above = dirname(folder);
    if (above === folder) throw new Error(`${folder}: no package.json above this code`);
    folder = above;
  }
  return folder;
}
