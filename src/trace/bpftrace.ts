import { closeSync, openSync, readSync } from "node:fs";
import { isAbsolute } from "node:path";
import { CannotRun } from "../runtimes/index.ts";
import type { LaunchedBy, RunJob } from "../runtimes/index.ts";
import { whereIs } from "../sys/index.ts";
import { Elf } from "./elf.ts";
import type { ElfSymbol } from "./elf.ts";
import type { ObservedRuntime } from "./observe.ts";
import { findTarget } from "./target.ts";
import type { TraceTarget } from "./target.ts";

/** A WASI function as bpftrace is told of it. */
interface Named {
  /** As WASI calls it. */
  readonly name: string;
  /** As the runtime's file does. */
  readonly symbol: string;
}

/** What a script is made of. */
interface ScriptPlan {
  readonly runtime: string;
  readonly path: string;
  readonly functions: readonly Named[];
  readonly guests: readonly string[];
  /** Whether the kernel may catch returns: not where stacks are moved. */
  readonly returns: boolean;
  readonly command: LaunchedBy;
}

/**
 * Writes a script for bpftrace that counts what `observeByEbpf` does, for machines on which only that is there. Throws
 * a `CannotRun` where the symbols are not known, or where the tier runs a file that must be made before.
 */
export function bpftraceScript(
  { runtime, found, tier }: ObservedRuntime,
  names: readonly string[],
  job: RunJob,
): string {
  if (tier.prepared !== undefined) {
    throw new CannotRun(
      `${runtime.name}:${tier.name} runs a file that is made before: take another tier for a script`,
    );
  }
  const command = runtime.command(found, tier, job);
  const target = findTarget(runtime.name, found, command, (name) => names.includes(name));
  if (target === undefined) {
    throw new CannotRun(
      `the WASI functions of ${runtime.name} ${found.version} are not known by their symbols`,
    );
  }
  return scriptOf({
    runtime: `${runtime.name} ${found.version}`,
    path: target.path,
    ...symbolsOf(target),
    returns: target.places.goReturn === undefined,
    command,
  });
}

/** Finds the names at the places: bpftrace of many distributions takes no others. */
function symbolsOf({ path, places }: TraceTarget): Pick<ScriptPlan, "functions" | "guests"> {
  const descriptor = openSync(path, "r");
  try {
    const elf = new Elf((offset, length) => {
      const bytes = new Uint8Array(length);
      return bytes.subarray(0, readSync(descriptor, bytes, 0, length, offset));
    });
    const symbols = elf
      .functions()
      .map((symbol) => ({ ...symbol, offset: elf.offsetOf(symbol.address) ?? -1 }));
    const named = places.entries.map(({ name, offset }) => ({
      name,
      symbol: around(symbols, offset, name),
    }));
    const guests = places.guests.map((offset) => around(symbols, offset, "the guest's begin"));
    return { functions: named, guests };
  } finally {
    closeSync(descriptor);
  }
}

function around(
  symbols: readonly (Pick<ElfSymbol, "name" | "size"> & { readonly offset: number })[],
  place: number,
  what: string,
): string {
  const found = symbols.find(({ offset, size }) => place >= offset && place < offset + size);
  if (found === undefined) {
    throw new CannotRun(`bpftrace knows places by symbols, and ${what} has none in this file`);
  }
  return found.name;
}

function scriptOf(plan: ScriptPlan): string {
  const { functions, returns } = plan;
  return [
    ...headOf(plan),
    "",
    'tracepoint:sched:sched_process_exec /pid == cpid/ { @time["exec"] = nsecs; }',
    ...plan.guests.map(
      (symbol) =>
        `${probe("uprobe", plan.path, symbol)} /pid == cpid && !@time["guest"]/ { @time["guest"] = nsecs; }`,
    ),
    ...functions.map(
      ({ name, symbol }) =>
        `${probe("uprobe", plan.path, symbol)} /pid == cpid/ { ${returns ? `@in[tid] = nsecs; @at[tid] = "${name}";` : `@at[tid] = "${name}"; @calls["${name}"] = count();`} }`,
    ),
    ...(returns ? returnsOf(plan) : []),
    ...syscallsText,
    'tracepoint:sched:sched_process_exit /pid == cpid && tid == cpid/ { @time["exit"] = nsecs; exit(); }',
    returns
      ? "END { clear(@in); clear(@at); clear(@start); clear(@id); }"
      : "END { clear(@at); clear(@start); clear(@id); }",
    "",
  ].join("\n");
}

function headOf({ runtime, command, returns }: ScriptPlan): string[] {
  return [
    `// WASI functions of ${runtime}, and the system calls inside of them. Run it by`,
    "//",
    // An argument may have line ends.
    ...runnerOf(command)
      .join("\n")
      .split("\n")
      .map((line) => `//   ${line}`),
    "//   sudo bpftrace wasi.bt -c '/bin/sh run.sh'",
    "//",
    "// @calls and @ns are by function, @syscalls and @syscall_ns by function and number of the system call (none: outside",
    "// of all functions), @time has moments of the process. The costs of looking are in all times.",
    ...(returns
      ? []
      : [
          "// Go moves stacks, which the kernel's way of catching returns does not survive: functions have no times here, and",
          "// what a thread calls until the next function counts for the last one.",
        ]),
  ];
}

/** A script that starts the runtime: bpftrace splits its command at spaces, and takes programs only. */
function runnerOf({ file, args, env = {}, cwd }: LaunchedBy): string[] {
  const program = isAbsolute(file) ? file : (whereIs(file) ?? file);
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const words =
    variables.length === 0 ? [program, ...args] : ["env", ...variables, program, ...args];
  const lines = [
    ...(cwd === undefined ? [] : [`cd ${quoted(cwd)}`]),
    `exec ${words.map(quoted).join(" ")}`,
  ];
  return ["cat > run.sh <<'end'", ...lines, "end"];
}

const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

function probe(kind: "uprobe" | "uretprobe", path: string, symbol: string): string {
  return `${kind}:${path}:${/^\w+$/.test(symbol) ? symbol : `"${symbol}"`}`;
}

function returnsOf({ path, functions }: ScriptPlan): string[] {
  const probes = functions.map(({ symbol }) => probe("uretprobe", path, symbol));
  return [
    `${probes.join(",\n")} /@in[tid]/ {`,
    "  @ns[@at[tid]] = sum(nsecs - @in[tid]);",
    "  @calls[@at[tid]] = count();",
    "  delete(@in[tid]);",
    "  delete(@at[tid]);",
    "}",
  ];
}

// 335 and 336 are what a caught return itself makes since Linux 6.11.
const syscallsText: readonly string[] = [
  "tracepoint:raw_syscalls:sys_enter /pid == cpid && args->id != 335 && args->id != 336/ {",
  "  @start[tid] = nsecs;",
  "  @id[tid] = args->id;",
  "}",
  "tracepoint:raw_syscalls:sys_exit /@start[tid]/ {",
  "  @syscalls[@at[tid], @id[tid]] = count();",
  "  @syscall_ns[@at[tid], @id[tid]] = sum(nsecs - @start[tid]);",
  "  delete(@start[tid]);",
  "  delete(@id[tid]);",
  "}",
];
