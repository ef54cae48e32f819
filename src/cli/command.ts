import { parseArgs } from "node:util";

/** Where a command writes, and what it may know of its surroundings. */
export interface Io {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Whether standard error is a terminal: progress and colours only then. */
  readonly stderrIsTerminal: boolean;
  /** Whether standard output is a terminal. */
  readonly stdoutIsTerminal?: boolean;
  /** Columns of the terminal. */
  readonly width: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds from any start. */
  readonly now: () => number;
  /** Resolves when the user ends a command that goes on until then (Ctrl-C). */
  readonly untilInterrupted?: () => Promise<void>;
}

/** One option of a command: a row of its help. */
export interface Option {
  readonly name: string;
  readonly short?: string;
  /** What stands for the value in the help; a flag has none. */
  readonly value?: string;
  readonly multiple?: boolean;
  readonly help: string;
}

/** A command as data: help and parsing follow from it. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** What stands behind the name, as in `MODULE [-- ARG…]`. */
  readonly usage: string;
  readonly options: readonly Option[];
  readonly details?: string;
  readonly examples: readonly (readonly [what: string, line: string])[];
  /** Whether it checks itself what stands beside its options; otherwise there is one word, and no `--`. */
  readonly manyOperands?: true;
  run(parsed: Parsed, io: Io): number | Promise<number>;
}

/** A parsed command line. */
export interface Parsed {
  readonly positionals: readonly string[];
  /** What stands behind `--`. */
  readonly rest: readonly string[];
  flag(name: string): boolean;
  value(name: string): string | undefined;
  values(name: string): readonly string[];
}

/** Says that the command line is not as the command wants it. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}

/** Parses what stands behind a command's name. Throws a `UsageError` for what it does not know. */
export function parse(command: Command, argv: readonly string[]): Parsed {
  const separator = argv.indexOf("--");
  const own = separator < 0 ? argv : argv.slice(0, separator);
  const options = Object.fromEntries(
    command.options.map(({ name, short, value, multiple = false }) => [
      name,
      {
        type: value === undefined ? ("boolean" as const) : ("string" as const),
        multiple,
        ...(short === undefined ? {} : { short }),
      },
    ]),
  );
  try {
    const { values, positionals } = parseArgs({
      args: [...own],
      options,
      allowPositionals: true,
      strict: true,
    });
    if (command.manyOperands !== true) refuseSurplus(positionals, argv.slice(own.length + 1));
    return {
      positionals,
      rest: separator < 0 ? [] : argv.slice(separator + 1),
      flag: (name) => values[name] === true,
      value: (name) => values[name] as string | undefined,
      values: (name) => [values[name] ?? []].flat() as string[],
    };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    // Some of Node's messages are a paragraph.
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(message.replaceAll(/\.?\s*\n/g, "; ").replace(/\.$/, ""));
  }
}

/** Refuses words that nothing would be done with. */
function refuseSurplus(positionals: readonly string[], rest: readonly string[]): void {
  const surplus = positionals[1] ?? rest[0];
  if (surplus === undefined) return;
  throw new UsageError(`one file at a time: what is ${surplus} for?`);
}

/** Writes the help of one command. */
export function helpOf({ name, summary, usage, options, details, examples }: Command): string {
  const rows = options.map(({ name: long, short, value, multiple, help }) => {
    const left = `${short === undefined ? "    " : `-${short}, `}--${long}${value === undefined ? "" : ` ${value}`}`;
    return [left, multiple === true ? `${help} (may be repeated)` : help] as const;
  });
  const width = Math.max(...rows.map(([left]) => left.length));
  return [
    summary,
    "",
    `Usage: wasmscope ${name} ${usage}`,
    "",
    "Options:",
    ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`),
    ...(details === undefined ? [] : ["", details]),
    "",
    "Examples:",
    // Lines without words go on with the example above.
    ...examples.flatMap(([what, line]) => [...(what === "" ? [] : [`  # ${what}`]), `  ${line}`]),
    "",
  ].join("\n");
}
