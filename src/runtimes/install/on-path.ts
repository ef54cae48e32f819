import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { runClient } from "./client.ts";

/** A program of the user's. */
export interface OnPath {
  readonly path: string;
  /** As `--version` says it; `unknown` where it does not. */
  readonly version: string;
}

const known = new Map<string, Promise<OnPath | undefined>>();

/** Looks for a program where the shell would and asks it for its version, once for each process. */
export function onPath(
  command: string,
  readVersion: RegExp = /\d+\.\d+\.\d+/,
): Promise<OnPath | undefined> {
  const before = known.get(command);
  if (before !== undefined) return before;
  const now = lookFor(command, readVersion);
  known.set(command, now);
  return now;
}

async function lookFor(command: string, readVersion: RegExp): Promise<OnPath | undefined> {
  const path = whereIs(command);
  if (path === undefined) return undefined;
  const said = await runClient(path, ["--version"]).catch(() => "");
  return { path, version: readVersion.exec(said)?.[0] ?? "unknown" };
}

/** Finds a program where the shell would; undefined when it is not there. */
export function whereIs(command: string): string | undefined {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, command))
    .find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
