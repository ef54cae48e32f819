import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Finds a file that this package brings beside its code, given by its path in the package. */
export function packageFile(path: string): string {
  for (let folder = new URL(".", import.meta.url); ; folder = new URL("..", folder)) {
    const file = new URL(path, folder);
    if (existsSync(new URL("package.json", folder)) && existsSync(file)) return fileURLToPath(file);
    if (folder.pathname === "/") throw new Error(`the package has lost its file ${path}`);
  }
}
