import { readFileSync } from "node:fs";
import { packageFile } from "../../sys/index.ts";
import { InstallError } from "./cache.ts";

/** A package of a lock file. */
interface Locked {
  /** Its lines, as they stand there. */
  readonly text: string;
  readonly name: string;
  readonly version: string;
  readonly checksum: string | undefined;
  /** By name, and by version where several of that name are there. */
  readonly needs: readonly string[];
}

/** Reads which version of an engine our hosts are built with, and the hash of its archive. Throws an `InstallError`. */
export function lockedEngine(engine: string): {
  readonly version: string;
  readonly checksum: string;
} {
  const found = readLock(ownLock()).find(({ name }) => name === engine);
  if (found?.checksum === undefined) {
    throw new InstallError(`the lock file of our hosts has no ${engine}`);
  }
  return { version: found.version, checksum: found.checksum };
}

/**
 * Gives the part of a lock file that one of its packages is built from: that package and all that it needs. What others
 * need is none of its business.
 *
 * @param text The file; that of our hosts when there is none.
 */
export function lockedFor(root: string, text: string = ownLock()): string {
  const all = readLock(text);
  const needed = new Set<Locked>();
  const pending = all.filter(({ name }) => name === root);
  for (let one = pending.pop(); one !== undefined; one = pending.pop()) {
    if (needed.has(one)) continue;
    needed.add(one);
    for (const need of one.needs) {
      const [name, version] = need.split(" ");
      const is = (other: Locked): boolean =>
        other.name === name && (version === undefined || other.version === version);
      pending.push(...all.filter(is));
    }
  }
  return all
    .filter((one) => needed.has(one))
    .map((one) => one.text)
    .join("\n\n");
}

function ownLock(): string {
  return readFileSync(packageFile("hosts/rust/Cargo.lock"), "utf8");
}

function readLock(text: string): Locked[] {
  return text
    .split("[[package]]")
    .slice(1)
    .map((part) => {
      const field = (name: string): string | undefined =>
        new RegExp(`^${name} = "(.+)"$`, "m").exec(part)?.[1];
      const list = /^dependencies = \[\n([^\]]*)\]/m.exec(part)?.[1] ?? "";
      return {
        text: part.trim(),
        name: field("name") ?? "",
        version: field("version") ?? "",
        checksum: field("checksum"),
        needs: [...list.matchAll(/"(.+)"/g)].map(([, need]) => need!),
      };
    });
}
