import { InstallError, runtimes } from "../../runtimes/index.ts";
import type { Selection } from "../../runtimes/index.ts";
import { UsageError } from "../command.ts";
import type { Io, Parsed } from "../command.ts";
import { selectRuntime } from "../runtime-choice.ts";

const failed = 125;

/** Installs runtimes one after the other; what fails is said, and the others are installed all the same. */
export async function installRuntimes(
  names: readonly string[],
  _parsed: Parsed,
  io: Io,
): Promise<number> {
  if (names.length === 0) throw new UsageError("which runtimes? all is an answer");
  const all = names.length === 1 && names[0] === "all";
  // Names that do not exist are told before anything is fetched.
  const wanted = all ? runtimes.map(({ name }) => name) : names;
  const selections = wanted.map((text) => selectRuntime(text));
  let code = 0;
  for (const selection of selections) {
    if (!(await installOne(selection, all, io))) code = failed;
  }
  return code;
}

async function installOne(
  { runtime, version }: Selection,
  isOneOfAll: boolean,
  io: Io,
): Promise<boolean> {
  const say = (line: string): void => io.stderr(`${line}\n`);
  if (runtime.install === undefined) {
    const found = await runtime.find(version);
    say(`${runtime.name}: ${found.found ? `${found.version} is there` : found.mend}`);
    return found.found || isOneOfAll;
  }
  try {
    await runtime.install(version, say);
    return true;
  } catch (error) {
    if (!(error instanceof InstallError)) throw error;
    say(`wasmscope: error: cannot install ${runtime.name}: ${error.message}`);
    return false;
  }
}
