import { statSync } from "node:fs";
import { basename } from "node:path";
import type { ProfileRunOptions } from "../../collect/index.ts";
import { UsageError } from "../command.ts";
import type { Option, Parsed } from "../command.ts";
import { readSymbols } from "../files.ts";

/** The options that say what a guest is given. */
export const guestOptions: readonly Option[] = [
  { name: "dir", value: "HOST[::GUEST]", multiple: true, help: "let the guest see a folder" },
  { name: "env", value: "NAME=VALUE", multiple: true, help: "set a variable of the guest" },
  {
    name: "invoke",
    value: "FUNCTION",
    help: "call an exported function with the arguments instead of _start",
  },
];

/** What every way of running a guest needs to know. */
export type GuestRun = Pick<ProfileRunOptions, "module" | "guest" | "invoke" | "symbols">;

/** Tells whether standard output is for the profile alone (`--json`, `-o -`): the guest's then goes to stderr. */
export function takesStdout(parsed: Parsed): boolean {
  return parsed.flag("json") || parsed.values("output").includes("-");
}

/** Reads what a guest is given from the command line. */
export function guestRun(
  parsed: Parsed,
  path: string,
  module: ProfileRunOptions["module"],
): GuestRun {
  const invoke = parsed.value("invoke");
  const symbols = readSymbols(parsed.value("symbols"));
  return {
    module,
    guest: {
      args: [basename(path), ...(invoke === undefined ? parsed.rest : [])],
      env: Object.fromEntries(parsed.values("env").map(parseVariable)),
      dirs: parsed.values("dir").map(parseDirectory),
      ...(takesStdout(parsed) && { stdio: { stdout: 2 } }),
    },
    ...(invoke === undefined ? {} : { invoke: { name: invoke, args: parsed.rest } }),
    ...(symbols === undefined ? {} : { symbols }),
  };
}

/** Reads from the command line what any runtime gives to a guest. */
export function givenGuest(
  parsed: Parsed,
  path: string,
): GuestRun["guest"] & { readonly invoke?: NonNullable<GuestRun["invoke"]> } {
  const invoke = parsed.value("invoke");
  return {
    args: [basename(path), ...(invoke === undefined ? parsed.rest : [])],
    env: Object.fromEntries(parsed.values("env").map(parseVariable)),
    dirs: parsed.values("dir").map(parseDirectory),
    ...(invoke === undefined ? {} : { invoke: { name: invoke, args: parsed.rest } }),
  };
}

/** Reads `NAME=VALUE`. Throws a `UsageError`. */
export function parseVariable(text: string): [string, string] {
  const equals = text.indexOf("=");
  if (equals < 1) throw new UsageError(`--env wants NAME=VALUE, not ${text}`);
  return [text.slice(0, equals), text.slice(equals + 1)];
}

/** Reads `HOST[::GUEST]`. Throws a `UsageError` where there is no such folder. */
export function parseDirectory(text: string): { host: string; guest: string } {
  const [host, guest] = text.split("::");
  if (host === undefined || host === "") {
    throw new UsageError(`--dir wants HOST or HOST::GUEST, not ${text}`);
  }
  if (statSync(host, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new UsageError(`--dir: there is no folder ${host}`);
  }
  return { host, guest: guest ?? host };
}
