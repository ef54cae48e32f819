import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageFile } from "../../sys/index.ts";
import type { Found, Missing } from "../runtime.ts";
import { cacheFolder, installed, installInto } from "./cache.ts";
import type { Filled, Installed } from "./cache.ts";
import { newestMatching } from "./versions.ts";

/** A runtime around which a program of ours is built, from sources of this package. */
export interface Built {
  readonly runtime: string;
  /** Folders of our sources, in this package. */
  readonly sources: readonly string[];
  /** What `Found.path` is, in the folder. */
  readonly program: string;
}

const stampFile = "sources.sha256";

/** Installs as `installInto` does, in place of what was built from other sources of ours. */
export function installBuilt(
  { runtime, sources }: Built,
  fill: (folder: string) => Promise<Filled>,
): Promise<Installed> {
  return installInto(runtime, async (folder) => {
    const filled = await fill(folder);
    const stamp = stampOf(sources);
    writeFileSync(join(folder, stampFile), stamp);
    const before = join(cacheFolder(), "runtimes", runtime, filled.version);
    if (existsSync(before) && readStamp(before) !== stamp) rmSync(before, { recursive: true });
    return filled;
  });
}

/** Finds the newest installed version that begins with `prefix` and was built from the sources that are here. */
export function findBuilt(
  { runtime, sources, program }: Built,
  prefix: string | undefined,
): Found | Missing {
  const all = installed(runtime);
  const stamp = all.length === 0 ? "" : stampOf(sources);
  const usable = all.filter(({ folder }) => readStamp(folder) === stamp);
  const version = newestMatching(
    usable.map((one) => one.version),
    prefix,
  );
  const there = usable.find((one) => one.version === version);
  if (there !== undefined)
    return { found: true, version: there.version, path: join(there.folder, program) };
  const wanted = prefix === undefined ? runtime : `${runtime}@${prefix}`;
  const older = newestMatching(
    all.map((one) => one.version),
    prefix,
  );
  const why =
    older === undefined
      ? `no ${wanted} is installed`
      : `the program around ${runtime} ${older} was built by another version of wasmscope`;
  return { found: false, why, mend: `wasmscope runtimes install ${wanted}` };
}

function readStamp(folder: string): string | undefined {
  const path = join(folder, stampFile);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

/** Takes one hash over all files of some folders. */
function stampOf(sources: readonly string[]): string {
  const hash = createHash("sha256");
  for (const source of sources) {
    const folder = packageFile(source);
    const files = readdirSync(folder, { recursive: true })
      .map(String)
      .filter((name) => statSync(join(folder, name)).isFile());
    for (const name of files.toSorted()) {
      hash.update(`${source}/${name}\0`).update(readFileSync(join(folder, name)));
    }
  }
  return hash.digest("hex");
}
