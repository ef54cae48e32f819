import { existsSync } from "node:fs";
import { join } from "node:path";
import { newestInstalled } from "../install/cache.ts";
import { onPath } from "../install/on-path.ts";
import { fits } from "../install/versions.ts";
import type { Found, Missing } from "../runtime.ts";

/** Finds a runtime in the cache, where `program` is its path. */
export function findInCache(
  name: string,
  version: string | undefined,
  program: string,
): Found | Missing {
  const there = newestInstalled(name, version);
  const path = there && join(there.folder, program);
  if (there !== undefined && path !== undefined && existsSync(path)) {
    return { found: true, version: there.version, path };
  }
  const wanted = version === undefined ? name : `${name}@${version}`;
  const mend = `wasmscope runtimes install ${wanted}`;
  return { found: false, why: `no ${wanted} is installed`, mend };
}

/** Finds a runtime in the cache, or else the user's own by the name of its command. */
export async function findProgram(
  name: string,
  version: string | undefined,
  program: string,
  command: string,
): Promise<Found | Missing> {
  const installed = findInCache(name, version, program);
  if (installed.found) return installed;
  const own = await onPath(command);
  if (own === undefined) return installed;
  if (fits(own.version, version)) return { found: true, ...own };
  return { ...installed, why: `${installed.why}; ${own.path} is ${own.version}` };
}
