import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageFile } from "../../sys/index.ts";
import type { Found, Missing } from "../runtime.ts";
import { cacheFolder, installed, installInto } from "./cache.ts";
import type { Filled, Installed } from "./cache.ts";
import { lockedFor } from "./cargo-lock.ts";
import { newestMatching } from "./versions.ts";

/** A runtime around which a program of ours is built, from sources of this package. */
export interface Built {
  readonly runtime: string;
  /** Folders and files of our sources, in this package. */
  readonly sources: readonly string[];
  /** Which package of `hosts/rust` it is: what this one needs of the lock file counts, too. */
  readonly locked?: string;
  /** What `Found.path` is, in the folder. */
  readonly program: string;
}

const stampFile = "sources.sha256";

/** Installs as `installInto` does, in place of what was built from other sources of ours. */
export function installBuilt(
  { runtime, ...from }: Built,
  fill: (folder: string) => Promise<Filled>,
): Promise<Installed> {
  return installInto(runtime, async (folder) => {
    const filled = await fill(folder);
    const stamp = stampOf(from);
    writeFileSync(join(folder, stampFile), stamp);
    const before = join(cacheFolder(), "runtimes", runtime, filled.version);
    if (existsSync(before) && readStamp(before) !== stamp) rmSync(before, { recursive: true });
    return filled;
  });
}

/** Finds the newest installed version that begins with `prefix` and was built from the sources that are here. */
export function findBuilt(
  { runtime, program, ...from }: Built,
  prefix: string | undefined,
): Found | Missing {
  const all = installed(runtime);
  const stamp = all.length === 0 ? "" : stampOf(from);
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

/** Takes one hash over all that something is built from. */
function stampOf({ sources, locked }: Pick<Built, "sources" | "locked">): string {
  const hash = createHash("sha256");
  if (locked !== undefined) hash.update(lockedFor(locked));
  for (const source of sources) {
    const folder = packageFile(source);
    if (statSync(folder).isFile()) {
      hash.update(`${source}\0`).update(readFileSync(folder));
      continue;
    }
    const files = readdirSync(folder, { recursive: true })
      .map(String)
      .filter((name) => statSync(join(folder, name)).isFile());
    for (const name of files.toSorted()) {
      hash.update(`${source}/${name}\0`).update(readFileSync(join(folder, name)));
    }
  }
  return hash.digest("hex");
}
