import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

function findRoot(folder: string): string {
  return existsSync(join(folder, "package.json")) ? folder : findRoot(dirname(folder));
}

/** The package's root folder: tests run from a build folder inside it. */
export const root: string = findRoot(dirname(fileURLToPath(import.meta.url)));
