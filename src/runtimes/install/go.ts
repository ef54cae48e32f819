import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageFile, whereIs } from "../../sys/index.ts";
import { installBuilt } from "./built.ts";
import type { Built } from "./built.ts";
import { InstallError } from "./cache.ts";
import type { Installed } from "./cache.ts";
import { runClient } from "./client.ts";

/** A program of a Go module, and a program of ours around the same module. */
export interface GoPrograms {
  /** The module whose version counts, such as `github.com/tetratelabs/wazero`. */
  readonly module: string;
  /** A version or its beginning; the one that our own program asks for when there is none. */
  readonly version: string | undefined;
  /** The module's own program, a package below it, such as `cmd/wazero`. */
  readonly command: string;
  /** The names that the two get in the folder `bin`. */
  readonly files: readonly [command: string, host: string];
}

/**
 * Builds both programs, ours from the first of its sources, by the Go client, which compares what it fetches with our
 * `go.sum` and with the checksum database. Throws an `InstallError` with the client's words.
 */
export async function installFromGo(
  built: Built,
  { module, version, command, files }: GoPrograms,
  say: (line: string) => void,
): Promise<Installed> {
  const { runtime } = built;
  if (whereIs("go") === undefined) {
    throw new InstallError(`${runtime} is built by Go, which is not on the PATH: install Go 1.25`);
  }
  say(`${runtime}: building ${module} and a host around it by Go`);
  const result = await installBuilt(built, async (folder) => {
    const source = join(folder, "source");
    cpSync(packageFile(built.sources[0]!), source, { recursive: true });
    const go = (...args: readonly string[]): Promise<string> =>
      runClient("go", args, { cwd: source, env: { GOFLAGS: "", GOWORK: "off", CGO_ENABLED: "0" } });
    if (version !== undefined) await go("get", `${module}@v${version}`);
    const came = (await go("list", "-m", "-f", "{{.Version}}", module)).trim();
    const [own, ours] = files.map((name) => join(folder, "bin", name));
    await go("build", "-trimpath", "-o", own!, `${module}/${command}`);
    await go("build", "-trimpath", "-o", ours!, ".");
    return {
      version: came.replace(/^v/, ""),
      source: `go:${module}@${came}`,
      integrity: sums(join(source, "go.sum"), module, came),
      files: files.map((name) => join("bin", name)),
    };
  });
  say(`${runtime}: ${result.version} is in ${result.folder}`);
  return result;
}

/** Reads what the client knows of a module's archive: a SHA-256 over the hashes of its files (`h1:`). */
function sums(path: string, module: string, version: string): string[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line.startsWith(`${module} ${version} `))
    .map((line) => line.split(" ")[2]!);
}
