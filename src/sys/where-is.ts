import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Finds a program where the shell would; undefined when it is not there. */
export function whereIs(command: string): string | undefined {
  return everywhere(command)[0];
}

/** Lists the programs of this name on the PATH, the one that the shell would take first. */
export function everywhere(command: string): string[] {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return [...new Set(folders.map((folder) => join(folder, command)))].filter(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
