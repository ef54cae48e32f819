import { existsSync } from "node:fs";
import { join } from "node:path";
import { newestInstalled } from "../install/cache.ts";
import { fits } from "../install/versions.ts";
import { onPath } from "../install/on-path.ts";
import type { Found, Missing } from "../runtime.ts";

/** Finds a runtime in the cache, or else on the user's PATH; `program` is its path in the cache's folder. */
export async function findProgram(
  name: string,
  version: string | undefined,
  program: string,
  command: string,
  readVersion: RegExp = /\d+\.\d+\.\d+\S*/,
): Promise<Found | Missing> {
  const there = newestInstalled(name, version);
  const path = there && join(there.folder, program);
  if (there !== undefined && path !== undefined && existsSync(path)) {
    return { found: true, version: there.version, path };
  }
  const own = await onPath(command, readVersion);
  if (own !== undefined && fits(own.version, version)) return { found: true, ...own };
  const wanted = version === undefined ? name : `${name}@${version}`;
  return {
    found: false,
    why:
      own === undefined
        ? `no ${wanted} is installed`
        : `no ${wanted} is installed; ${own.path} is ${own.version}`,
    mend: `wasmscope runtimes install ${wanted}`,
  };
}
