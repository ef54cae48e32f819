#!/usr/bin/env node
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { isatty } from "node:tty";
import { fileURLToPath } from "node:url";
import { QueryError, RecordError } from "../bench/index.ts";
import { DecodeError } from "../bytes/index.ts";
import { PushError } from "../collect/index.ts";
import { RawProfileError, Refusal } from "../instrument/index.ts";
import { printable, ProfileError } from "../profile/index.ts";
import { CannotRun } from "../runtimes/index.ts";
import { SymbolMapError } from "../symbols/index.ts";
import { helpOf, parse, UsageError } from "./command.ts";
import type { Command, Io } from "./command.ts";
import { benchCommand } from "./commands/bench.ts";
import { convertCommand } from "./commands/convert.ts";
import { diffCommand } from "./commands/diff.ts";
import { inspectCommand } from "./commands/inspect.ts";
import { instrumentCommand } from "./commands/instrument.ts";
import { profileCommand } from "./commands/profile.ts";
import { queryCommand } from "./commands/query.ts";
import { reportCommand } from "./commands/report.ts";
import { reproduceCommand } from "./commands/reproduce.ts";
import { runCommand } from "./commands/run.ts";
import { runtimesCommand } from "./commands/runtimes.ts";
import { symbolizeCommand } from "./commands/symbolize.ts";
import { viewCommand } from "./commands/view.ts";
import { wasiCommand } from "./commands/wasi.ts";
import { workloadsCommand } from "./commands/workloads.ts";
import { FileError } from "./files.ts";
import { lazyWriter } from "./streams.ts";

/** All commands, in the order of the help. */
export const commands: readonly Command[] = [
  profileCommand,
  diffCommand,
  convertCommand,
  symbolizeCommand,
  viewCommand,
  instrumentCommand,
  inspectCommand,
  runCommand,
  runtimesCommand,
  workloadsCommand,
  benchCommand,
  queryCommand,
  reportCommand,
  wasiCommand,
  reproduceCommand,
];

/** Exit code of the tool's own failures: no guest's code that people use. */
const ownFailure = 125;

/** Runs a command line and returns the exit code. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    const about = commands.find((entry) => entry.name === rest[0]);
    io.stdout(about === undefined ? overview() : helpOf(about));
    return name === undefined ? ownFailure : 0;
  }
  if (name === "--version" || name === "-V") {
    io.stdout(`${version()}\n`);
    return 0;
  }
  const command = commands.find((entry) => entry.name === name);
  if (command === undefined) {
    io.stderr(`wasmscope: there is no command ${name}; try wasmscope --help\n`);
    return ownFailure;
  }
  const end = rest.indexOf("--");
  if ((end < 0 ? rest : rest.slice(0, end)).some((word) => word === "--help" || word === "-h")) {
    io.stdout(helpOf(command));
    return 0;
  }
  let file: string | undefined;
  try {
    const parsed = parse(command, rest);
    file = parsed.positionals[0];
    return await command.run(parsed, io);
  } catch (error) {
    io.stderr(`wasmscope: error: ${explain(error, name, file ?? "the file")}\n`);
    return ownFailure;
  }
}

function overview(): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    "wasmscope shows where a WebAssembly program spends its work.",
    "",
    "Usage: wasmscope COMMAND [options]",
    "",
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    "",
    "wasmscope COMMAND --help says more; wasmscope --version prints the version.",
    "",
  ].join("\n");
}

function version(): string {
  // Two folders up in the package, one more where tests run.
  const places = ["../../package.json", "../../../package.json"];
  const manifest = places
    .map((place) => new URL(place, import.meta.url))
    .find((place) => existsSync(place))!;
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}

/** Turns an error into one line: what could not be done, with which file, why. */
function explain(error: unknown, name: string, file: string): string {
  const known = explainKnown(error, name, file);
  // Names out of files stand in it.
  if (known !== undefined) return printable(known);
  // What nobody foresaw is a fault of ours: it is shown whole.
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function explainKnown(error: unknown, name: string, file: string): string | undefined {
  if (error instanceof UsageError) return `${error.message}; try wasmscope ${name} --help`;
  if (error instanceof DecodeError) return `cannot ${name} ${file}: ${error.message}`;
  if (error instanceof Refusal || error instanceof CannotRun) {
    return `cannot ${name} ${file}: ${error.message}`;
  }
  if (error instanceof RawProfileError) return `cannot ${name} ${file}: ${error.message}`;
  if (error instanceof ProfileError || error instanceof SymbolMapError) return error.message;
  if (error instanceof RecordError || error instanceof QueryError) return error.message;
  if (error instanceof PushError || error instanceof FileError) return error.message;
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined ? undefined : message.replace(/^E[A-Z]+: /, "");
}

function isMain(): boolean {
  const script = process.argv[1];
  return script !== undefined && realpathSync(script) === fileURLToPath(import.meta.url);
}

if (isMain()) {
  let failed = false;
  const stderr = lazyWriter(() => process.stderr);
  const code = await main(process.argv.slice(2), {
    stdout: lazyWriter(
      () => process.stdout,
      ({ message }) => {
        failed = true;
        process.exitCode = ownFailure;
        stderr(`wasmscope: error: standard output: ${message.replace(/^E[A-Z]+: /, "")}\n`);
      },
    ),
    stderr,
    // Not the streams: opening them makes pipes non-blocking, on which the guest's own writes fail.
    stderrIsTerminal: isatty(2),
    stdoutIsTerminal: isatty(1),
    width: (isatty(2) ? process.stderr.columns : undefined) ?? 100,
    env: process.env,
    now: () => performance.now(),
    untilInterrupted: () =>
      new Promise((resolve) => {
        for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => resolve());
      }),
  });
  process.exitCode = failed ? ownFailure : code;
}
