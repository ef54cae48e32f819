import { fileURLToPath } from "node:url";
import type { LaunchedBy } from "../runtime.ts";

/** Finds the compiled program of a host in JavaScript by its name without an ending. */
export function hostFile(name: string): string {
  return fileURLToPath(new URL(`${name}.js`, import.meta.url));
}

/** The command that runs a host on the Node that runs this, without what the user has set for the tool's own. */
export function onThisNode(host: string, args: readonly string[]): LaunchedBy {
  return { file: process.execPath, args: [host, ...args], env: { NODE_OPTIONS: "" } };
}
