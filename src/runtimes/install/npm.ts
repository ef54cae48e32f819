import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { InstallError, installInto, newestInstalled } from "./cache.ts";
import type { Installed } from "./cache.ts";
import { runClient } from "./client.ts";

/** A package of npm's registry whose files are what a runtime consists of. */
export interface NpmPackage {
  readonly name: string;
  /** A version or its beginning; the newest when there is none. */
  readonly version: string | undefined;
  /** Paths of its programs, whose hashes the receipt keeps. */
  readonly files: readonly string[];
}

/**
 * Fetches a package by `npm pack`, compares its SHA-512 with what the registry says, and unpacks it into the cache;
 * none of its scripts run, and none of its dependencies come. Throws an `InstallError` with npm's words.
 */
export async function installFromNpm(
  runtime: string,
  wanted: NpmPackage,
  say: (line: string) => void,
): Promise<Installed> {
  const spec = wanted.version === undefined ? wanted.name : `${wanted.name}@${wanted.version}`;
  const there = newestInstalled(runtime, wanted.version ?? (await newest(wanted.name)));
  if (there !== undefined) {
    say(`${runtime}: ${there.version} is in ${there.folder} already`);
    return there;
  }
  say(`${runtime}: fetching ${spec} from npm`);
  const result = await installInto(runtime, async (folder) => {
    const packed = await pack(spec, folder);
    await unpack(join(folder, packed.filename), folder);
    const { version, integrity } = packed;
    const source = `npm:${wanted.name}@${version}`;
    return { version, source, integrity: [integrity], files: wanted.files };
  });
  say(`${runtime}: ${result.version} is in ${result.folder}`);
  return result;
}

interface Packed {
  readonly filename: string;
  readonly version: string;
  readonly integrity: string;
}

async function pack(spec: string, folder: string): Promise<Packed> {
  const args = ["pack", spec, "--json", "--ignore-scripts", "--pack-destination", folder];
  const [packed] = JSON.parse(await runClient("npm", args)) as (Packed & {
    readonly name: string;
  })[];
  if (packed === undefined) throw new InstallError(`npm has no ${spec}`);
  // Older versions of npm say `@` and `/` in names of files that have none.
  const filename = packed.filename.replace("@", "").replace("/", "-");
  const said = await runClient("npm", [
    "view",
    `${packed.name}@${packed.version}`,
    "dist.integrity",
    "--json",
  ]);
  const integrity = JSON.parse(said) as string;
  const own = `sha512-${await sha512(join(folder, filename))}`;
  if (own !== integrity) {
    throw new InstallError(`${spec}: the archive's hash is ${own}, the registry says ${integrity}`);
  }
  return { ...packed, filename, integrity };
}

/** Unpacks an archive, without its own top folder, and removes it. */
async function unpack(archive: string, folder: string): Promise<void> {
  await runClient("tar", ["-xzf", archive, "--strip-components=1", "-C", folder]);
  await rm(archive);
}

function sha512(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const hash = createHash("sha512");
    createReadStream(path)
      .on("error", reject)
      .on("data", (chunk) => hash.update(chunk))
      .on("end", () => resolve(hash.digest("base64")));
  });
}

async function newest(name: string): Promise<string> {
  return JSON.parse(await runClient("npm", ["view", name, "version", "--json"])) as string;
}
