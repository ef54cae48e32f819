import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Gives a place below the folder for what is fetched or made once and can be made again: `WASMSCOPE_CACHE`, or
 * `wasmscope` in the user's cache folder. Nothing is created.
 */
export function cacheFolder(...parts: readonly string[]): string {
  const { WASMSCOPE_CACHE: own, XDG_CACHE_HOME: cache } = process.env;
  const base = cache !== undefined && cache !== "" ? cache : join(homedir(), ".cache");
  return join(own !== undefined && own !== "" ? own : join(base, "wasmscope"), ...parts);
}
