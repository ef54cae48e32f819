import { existsSync } from "node:fs";
import { join } from "node:path";
import { newestInstalled } from "../install/cache.ts";
import { onPath } from "../install/on-path.ts";
import { fits } from "../install/versions.ts";
import type { Found, Missing } from "../runtime.ts";

/** Finds a runtime in the cache, where `program` is its path, or else the user's own by its command. */
export function findProgram(
  name: string,
  version: string | undefined,
  program: string,
  command: string = name,
): Promise<Found | Missing> {
  const there = newestInstalled(name, version);
  const path = there && join(there.folder, program);
  if (there !== undefined && path !== undefined && existsSync(path)) {
    return Promise.resolve({ found: true, version: there.version, path });
  }
  const wanted = version === undefined ? name : `${name}@${version}`;
  const mend = `wasmscope runtimes install ${wanted}`;
  return orOnPath(command, version, { found: false, why: `no ${wanted} is installed`, mend });
}

/** Looks for the user's own program of this name where none was found in the cache. */
export async function orOnPath(
  command: string,
  version: string | undefined,
  installed: Found | Missing,
): Promise<Found | Missing> {
  if (installed.found) return installed;
  const own = await onPath(command, (has) => fits(has, version));
  if (own === undefined) return installed;
  if (fits(own.version, version)) return { found: true, ...own };
  return { ...installed, why: `${installed.why}; ${own.path} is ${own.version}` };
}
