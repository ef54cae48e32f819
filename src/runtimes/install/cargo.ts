import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { packageFile, whereIs } from "../../sys/index.ts";
import { InstallError } from "./cache.ts";
import { lockedEngine } from "./cargo-lock.ts";
import { runClient } from "./client.ts";

/** A program of crates.io. */
export interface CargoProgram {
  readonly crate: string;
  /** A version or its beginning; the newest that this compiler takes when there is none. */
  readonly version: string | undefined;
  /** Names of its program, of which one is there, over all versions. */
  readonly names: readonly string[];
}

/** What Cargo has installed. */
export interface FromCargo {
  readonly version: string;
  /** The program's path in the folder. */
  readonly file: string;
}

/**
 * Builds a program by `cargo install`, by its own lock file: Cargo compares what it fetches with the hashes there.
 * Throws an `InstallError` with Cargo's words.
 */
export async function cargoInstall(
  folder: string,
  { crate, version, names }: CargoProgram,
): Promise<FromCargo> {
  needsCargo(crate);
  const wanted = version === undefined ? [] : ["--version", requirement(version)];
  const target = join(folder, "target");
  await runClient("cargo", [
    "install",
    crate,
    "--locked",
    "--root",
    folder,
    "--target-dir",
    target,
    ...wanted,
  ]);
  await rm(target, { recursive: true, force: true });
  const file = names
    .map((name) => join("bin", name))
    .find((path) => existsSync(join(folder, path)));
  const list = readFileSync(join(folder, ".crates.toml"), "utf8");
  const came = new RegExp(`"${crate} (\\S+) `).exec(list)?.[1];
  if (file === undefined || came === undefined) {
    throw new InstallError(`cargo has installed no ${names.join(" or ")} from ${crate}`);
  }
  return { version: came, file };
}

/**
 * Builds one of our hosts in Rust (`hosts/rust`) by its lock file and gives the engine's version there, and the hash
 * of its archive.
 */
export async function buildRustHost(
  folder: string,
  { host, engine }: { readonly host: string; readonly engine: string },
): Promise<{ readonly version: string; readonly file: string; readonly integrity: string }> {
  needsCargo(host);
  const { version, checksum } = lockedEngine(engine);
  const source = join(folder, "source");
  // A copy, since the package's own folder may not be written to.
  for (const part of ["rust", "wasi"]) {
    const from = join(dirname(packageFile("hosts/wasi/wasi.h")), "..", part);
    cpSync(from, join(source, part), { recursive: true });
  }
  const target = join(folder, "target");
  await runClient("cargo", ["build", "--release", "--locked", "-p", host, "--target-dir", target], {
    cwd: join(source, "rust"),
  });
  const file = join("bin", host);
  mkdirSync(join(folder, "bin"), { recursive: true });
  cpSync(join(target, "release", host), join(folder, file));
  await rm(target, { recursive: true, force: true });
  await rm(source, { recursive: true, force: true });
  return { version, file, integrity: `sha256-${checksum}` };
}

/**
 * Has Cargo fetch a crate's source, which compares its hash with the index's, into `vendor/NAME` below a folder of its
 * own; gives that hash.
 */
export async function fetchCrate(
  folder: string,
  { name, version }: { readonly name: string; readonly version: string },
): Promise<string> {
  needsCargo(name);
  mkdirSync(join(folder, "src"), { recursive: true });
  writeFileSync(join(folder, "src", "lib.rs"), "");
  const about = `[package]\nname = "fetched"\nversion = "0.0.0"\nedition = "2021"\n`;
  writeFileSync(
    join(folder, "Cargo.toml"),
    `${about}\n[dependencies]\n${name} = "=${version}"\n\n[workspace]\n`,
  );
  await runClient("cargo", ["vendor", "--quiet", "vendor"], { cwd: folder });
  const lock = readFileSync(join(folder, "Cargo.lock"), "utf8");
  const entry = lock.split("[[package]]").find((text) => text.includes(`name = "${name}"\n`));
  const checksum = /^checksum = "(.+)"$/m.exec(entry ?? "")?.[1];
  if (checksum === undefined) throw new InstallError(`Cargo has fetched no ${name}`);
  return checksum;
}

function needsCargo(what: string): void {
  if (whereIs("cargo") !== undefined) return;
  throw new InstallError(`${what} is built by Cargo, which is not on the PATH: install Rust`);
}

/** Whole versions are meant exactly, beginnings of versions as such. */
function requirement(version: string): string {
  return /^\d+\.\d+\.\d+/.test(version) ? version : `~${version}`;
}
