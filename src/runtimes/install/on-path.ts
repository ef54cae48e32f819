import { everywhere } from "../../sys/index.ts";
import { runClient } from "./client.ts";

/** A program of the user's. */
export interface OnPath {
  readonly path: string;
  /** As `--version` says it; `unknown` where it does not. */
  readonly version: string;
}

const asked = new Map<string, Promise<string>>();

/**
 * Looks for a program on the PATH: the first one whose version serves, or else the one that the shell would take.
 * Each is asked for its version once for each process.
 */
export async function onPath(
  command: string,
  serves: (version: string) => boolean = () => true,
): Promise<OnPath | undefined> {
  let first: OnPath | undefined;
  for (const path of everywhere(command)) {
    const program = { path, version: await versionOf(path) };
    if (serves(program.version)) return program;
    first ??= program;
  }
  return first;
}

function versionOf(path: string): Promise<string> {
  const before = asked.get(path);
  if (before !== undefined) return before;
  const now = runClient(path, ["--version"]).then(
    (said) => /\d+\.\d+\.\d+/.exec(said)?.[0] ?? "unknown",
    () => "unknown",
  );
  asked.set(path, now);
  return now;
}
