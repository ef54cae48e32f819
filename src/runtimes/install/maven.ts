import { cpSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { packageFile, whereIs } from "../../sys/index.ts";
import { installBuilt } from "./built.ts";
import type { Built } from "./built.ts";
import { InstallError } from "./cache.ts";
import type { Installed } from "./cache.ts";
import { runClient } from "./client.ts";

/** A host in Java: its folder has a `pom.xml` that names what it is compiled with. */
export interface JavaHost {
  /** The property of the `pom.xml` that is the engine's version. */
  readonly property: string;
  /** A whole version; what the `pom.xml` says when there is none. */
  readonly version: string | undefined;
}

/**
 * Fetches a host's libraries by Maven, which compares them with the repository's checksums, and compiles it: into `lib`
 * and `classes`. Throws an `InstallError` with the words of Maven or the compiler.
 */
export async function installFromMaven(
  built: Built,
  { property, version }: JavaHost,
  say: (line: string) => void,
): Promise<Installed> {
  const { runtime, sources } = built;
  const missing = ["mvn", "javac"].filter((command) => whereIs(command) === undefined);
  if (missing.length > 0) {
    const mend = "apt-get install maven default-jdk-headless";
    throw new InstallError(`${runtime} needs ${missing.join(" and ")}: ${mend}`);
  }
  say(`${runtime}: fetching its libraries by Maven and compiling a host`);
  const result = await installBuilt(built, async (folder) => {
    const source = join(folder, "source");
    cpSync(packageFile(sources[0]!), source, { recursive: true });
    const pom = readFileSync(join(source, "pom.xml"), "utf8");
    const came = version ?? new RegExp(`<${property}>(.+)</`).exec(pom)?.[1];
    if (came === undefined) throw new InstallError(`the pom.xml has no ${property}`);
    const choice = `-D${property}=${came}`;
    const copy = ["dependency:copy-dependencies", "-DoutputDirectory=../lib", choice];
    await runClient("mvn", ["--quiet", "--batch-mode", "--strict-checksums", ...copy], {
      cwd: source,
    });
    mkdirSync(join(folder, "classes"));
    const files = readdirSync(source).filter((name) => name.endsWith(".java"));
    await runClient("javac", ["-d", "../classes", "-cp", "../lib/*", ...files], { cwd: source });
    await rm(source, { recursive: true });
    const libraries = readdirSync(join(folder, "lib")).map((name) => join("lib", name));
    const classes = readdirSync(join(folder, "classes")).map((name) => join("classes", name));
    return {
      version: came,
      source: `maven:${runtime}:${came}`,
      integrity: [],
      files: [...libraries, ...classes],
    };
  });
  say(`${runtime}: ${result.version} is in ${result.folder}`);
  return result;
}
