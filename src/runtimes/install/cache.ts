import { createHash } from "node:crypto";
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "../../sys/index.ts";
import { newestMatching } from "./versions.ts";

export { cacheFolder } from "../../sys/index.ts";

/** Where what was installed came from, and what says that it is that: `receipt.json` in its folder. */
export interface Receipt {
  readonly schema: "wasmscope-receipt-1";
  readonly runtime: string;
  readonly version: string;
  /** As its registry's client names it, such as `pypi:wasmtime==50.0.1`. */
  readonly source: string;
  /** What the registry says of its archive, checked when it was fetched, such as `sha256-…` or `sha512-…`. */
  readonly integrity: readonly string[];
  /** What `command` and `host` run or load, by path in the folder, with SHA-256 in hexadecimal. */
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
}

/** A runtime in the cache. */
export interface Installed {
  readonly version: string;
  readonly folder: string;
  readonly receipt: Receipt;
}

/** What an installation says of what it has put into its folder. */
export interface Filled {
  /** The version that came, which names the folder. */
  readonly version: string;
  readonly source: string;
  readonly integrity: readonly string[];
  /** Paths in the folder of the files to take the hashes of. */
  readonly files: readonly string[];
}

/** Says why something could not be installed, with the words of the client that tried. */
export class InstallError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "InstallError";
  }
}

/** Lists what is installed of a runtime. */
export function installed(runtime: string): Installed[] {
  const parent = join(cacheFolder(), "runtimes", runtime);
  if (!existsSync(parent)) return [];
  return readdirSync(parent).flatMap((version) => {
    const folder = join(parent, version);
    const receipt = readReceipt(folder);
    return receipt === undefined ? [] : [{ version, folder, receipt }];
  });
}

/** Finds the newest installed version that begins with `prefix`: `17` finds 17.0.1, `0.2` does not find 0.28.0. */
export function newestInstalled(runtime: string, prefix?: string): Installed | undefined {
  const all = installed(runtime);
  const version = newestMatching(
    all.map((one) => one.version),
    prefix,
  );
  return all.find((one) => one.version === version);
}

/**
 * Installs a version of a runtime: `fill` puts everything into a folder beside its later place, which then appears at
 * once and whole. Two that install the same do not meet: the second finds the first's, and keeps it.
 */
export async function installInto(
  runtime: string,
  fill: (folder: string) => Promise<Filled>,
): Promise<Installed> {
  const parent = join(cacheFolder(), "runtimes", runtime);
  await mkdir(parent, { recursive: true });
  await removeLeftovers(parent);
  const temporary = await mkdtemp(join(parent, ".new-"));
  try {
    const { version, source, integrity, files } = await fill(temporary);
    const hashed = await Promise.all(
      files.map(async (path) => ({ path, sha256: await sha256OfFile(join(temporary, path)) })),
    );
    const schema = "wasmscope-receipt-1";
    const receipt: Receipt = { schema, runtime, version, source, integrity, files: hashed };
    await writeFile(join(temporary, "receipt.json"), `${JSON.stringify(receipt, undefined, 2)}\n`);
    const folder = join(parent, version);
    await moveTo(temporary, folder);
    return { version, folder, receipt: readReceipt(folder) ?? receipt };
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Says which of an installation's files are not what they were; none for one that is whole. */
export async function damaged({ folder, receipt }: Installed): Promise<string[]> {
  const bad: string[] = [];
  for (const { path, sha256 } of receipt.files) {
    const now = await sha256OfFile(join(folder, path)).catch(() => "");
    if (now !== sha256) bad.push(path);
  }
  return bad;
}

/** Computes a file's SHA-256, in hexadecimal. */
export function sha256OfFile(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const hash = createHash("sha256");
    createReadStream(path)
      .on("error", reject)
      .on("data", (chunk) => hash.update(chunk))
      .on("end", () => resolve(hash.digest("hex")));
  });
}

function readReceipt(folder: string): Receipt | undefined {
  try {
    const receipt = JSON.parse(readFileSync(join(folder, "receipt.json"), "utf8")) as Receipt;
    return receipt.schema === "wasmscope-receipt-1" ? receipt : undefined;
  } catch {
    return undefined;
  }
}

async function moveTo(temporary: string, folder: string): Promise<void> {
  try {
    await rename(temporary, folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
    if (readReceipt(folder) !== undefined) return;
    // Something without a receipt is in the way.
    await rm(folder, { recursive: true, force: true });
    await rename(temporary, folder);
  }
}

const dayMs = 24 * 60 * 60 * 1000;

/** Removes what installations that were ended a day ago or before have left. */
async function removeLeftovers(parent: string): Promise<void> {
  for (const name of readdirSync(parent)) {
    const folder = join(parent, name);
    const made = statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (!name.startsWith(".new-") || Date.now() - made < dayMs) continue;
    await rm(folder, { recursive: true, force: true });
  }
}
