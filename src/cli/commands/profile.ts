import { basename } from "node:path";
import { profileRun } from "../../collect/index.ts";
import type { ProfileRun } from "../../collect/index.ts";
import { exactModes, Refusal } from "../../instrument/index.ts";
import type { ExactMode } from "../../instrument/index.ts";
import { formats, formatTable, tableOf } from "../../profile/index.ts";
import { hasMultiMemory } from "../../runtimes/index.ts";
import type { GuestEnd } from "../../runtimes/index.ts";
import { isComponent } from "../../wasm/index.ts";
import { UsageError } from "../command.ts";
import type { Command, Io, Parsed } from "../command.ts";
import { oneOf, outputFormat, positive, readModule, readSymbols, writeProfile } from "../files.ts";
import { progress } from "../progress.ts";
import { profileTime, refuseTimeOptions, timeOptions } from "./profile-time.ts";

/** What shells and runtimes make of an abort: 128 + SIGABRT. */
const trapExitCode = 134;

/** Runs a module and reports what it executed. */
export const profileCommand: Command = {
  name: "profile",
  summary: "Run a WASI program and see exactly where it spends its work.",
  usage: "MODULE [options] [-- ARG…]",
  options: [
    {
      name: "mode",
      short: "m",
      value: "MODE",
      help: "what to count: calls, insns, blocks, tree (default: tree); or time",
    },
    {
      name: "output",
      short: "o",
      value: "FILE",
      multiple: true,
      help: "write the profile; the ending says the format",
    },
    { name: "format", value: "NAME", help: "format of the output whatever its ending" },
    { name: "dir", value: "HOST[::GUEST]", multiple: true, help: "let the guest see a folder" },
    { name: "env", value: "NAME=VALUE", multiple: true, help: "set a variable of the guest" },
    {
      name: "invoke",
      value: "FUNCTION",
      help: "call an exported function with the arguments instead of _start",
    },
    { name: "top", value: "N", help: "lines of the table (default: 20)" },
    { name: "symbols", value: "FILE", help: "names of functions: lines of index:name" },
    {
      name: "memory",
      value: "KIND",
      help: "where mode tree keeps the tree: second or region (default: what Node can)",
    },
    { name: "max-nodes", value: "N", help: "bound of the tree's size (default: 4000000)" },
    ...timeOptions,
    {
      name: "measure-overhead",
      help: "run the guest ten times more, without input and output, and say what counting costs",
    },
    { name: "json", help: "print the report as JSON" },
    { name: "quiet", short: "q", help: "print no report" },
    { name: "help", short: "h", help: "print this help" },
  ],
  details: [
    "Modes count exactly and give the same numbers at each run:",
    "  calls   how often each function was called",
    "  insns   how many instructions each function executed",
    "  blocks  how often each basic block ran",
    "  tree    calls and instructions of each function by who called it",
    "Mode time measures with a clock, and differs a little from run to run:",
    "  time    calls, and time by who called; times marked ≈ are estimates (docs/time.md)",
    "It works here only; a host of yours gets the same events from wasmscope instrument --abi host.",
    `Formats: ${formats.map(({ name, extensions }) => `${name} (${extensions.join(" ")})`).join(", ")}.`,
    "The guest's stdin, stdout and stderr stay its own; the report goes to stderr. The exit code is the",
    `guest's, ${trapExitCode} when it traps, 125 when wasmscope itself fails.`,
  ].join("\n"),
  examples: [
    ["a table of functions", "wasmscope profile app.wasm -- input.txt"],
    ["a flame graph and a pprof file", "wasmscope profile app.wasm -o app.svg -o app.pb.gz"],
    ["the hottest basic blocks", "wasmscope profile --mode blocks --dir . app.wasm -- input.txt"],
    ["time instead of counts", "wasmscope profile --mode time --calibrate app.wasm"],
    ["one function of a library", "wasmscope profile lib.wasm --invoke fib -- 30"],
  ],
  async run(parsed, io) {
    const path = parsed.positionals[0];
    if (path === undefined) throw new UsageError("which module?");
    if (parsed.positionals.length > 1) {
      throw new UsageError(`arguments for the guest stand behind --: ${parsed.positionals[1]}`);
    }
    const top = positive(parsed.value("top") ?? "20", "top");
    const outputs = parsed
      .values("output")
      .map((file) => ({ file, format: outputFormat(file, parsed.value("format")) }));
    const { bytes, module } = readModule(path);
    if (isComponent(bytes)) {
      throw new UsageError(
        `${path} is a component: instrument it (wasmscope instrument) and run it on its own runtime`,
      );
    }
    const result = await runOnce(parsed, io, bytes, module, path);
    for (const { file, format } of outputs) writeProfile(file, format, result.profile);
    if (!parsed.flag("quiet")) report(result, parsed, io, top);
    return exitCode(result.end, io);
  },
};

async function runOnce(
  parsed: Parsed,
  io: Io,
  bytes: Uint8Array,
  module: ProfileRun["profile"]["module"],
  path: string,
): Promise<ProfileRun> {
  const wished = parsed.value("mode");
  const kind = parsed.value("memory");
  const invoke = parsed.value("invoke");
  const symbols = readSymbols(parsed.value("symbols"));
  const mostNodes = parsed.value("max-nodes");
  const about = {
    module,
    guest: {
      args: [basename(path), ...(invoke === undefined ? parsed.rest : [])],
      env: Object.fromEntries(parsed.values("env").map(parseVariable)),
      dirs: parsed.values("dir").map(parseDirectory),
    },
    ...(invoke === undefined ? {} : { invoke: { name: invoke, args: parsed.rest } }),
    ...(symbols === undefined ? {} : { symbols }),
    onBody: progress(io, `instrumenting ${module.name}`),
  };
  if (wished === "time") return profileTime(parsed, io, bytes, about);
  refuseTimeOptions(parsed);
  const mode =
    wished === undefined ? "tree" : (oneOf(wished, [...exactModes, "time"], "mode") as ExactMode);
  const run = (as: ExactMode): Promise<ProfileRun> =>
    profileRun(bytes, {
      ...about,
      mode: as,
      memory:
        kind === undefined
          ? hasMultiMemory()
            ? "second"
            : "region"
          : oneOf(kind, ["second", "region"], "memory"),
      ...(mostNodes === undefined ? {} : { mostNodes: positive(mostNodes, "max-nodes") }),
      ...(parsed.flag("measure-overhead")
        ? { onOverheadRun: progress(io, "measuring the overhead") }
        : {}),
    });
  try {
    return await run(mode);
  } catch (error) {
    // Nobody asked for the tree: count what can be counted.
    if (!(error instanceof Refusal) || wished !== undefined) throw error;
    io.stderr(`wasmscope: no call tree (${error.message}); counting blocks\n`);
    return run("blocks");
  }
}

function parseVariable(text: string): [string, string] {
  const equals = text.indexOf("=");
  if (equals < 1) throw new UsageError(`--env wants NAME=VALUE, not ${text}`);
  return [text.slice(0, equals), text.slice(equals + 1)];
}

function parseDirectory(text: string): { host: string; guest: string } {
  const [host, guest] = text.split("::");
  if (host === undefined || host === "") {
    throw new UsageError(`--dir wants HOST or HOST::GUEST, not ${text}`);
  }
  return { host, guest: guest ?? host };
}

function report(result: ProfileRun, parsed: Parsed, io: Io, top: number): void {
  const { profile, growth, stack, end } = result;
  if (parsed.flag("json")) {
    const json = formats.find(({ name }) => name === "json")!;
    io.stderr(`${new TextDecoder().decode(json.write(profile)).trimEnd()}\n`);
    return;
  }
  const colors = io.stderrIsTerminal && (io.env["NO_COLOR"] ?? "") === "";
  const exact = profile.mode === "time" ? "measured" : "exact";
  const code = (growth.after / growth.before).toFixed(2);
  io.stderr(
    `\nwasmscope: ${profile.module.name}, mode ${profile.mode}, ${exact}; module size ${code}x\n\n`,
  );
  io.stderr(formatTable(tableOf(profile, { top }), { width: io.width, colors }));
  if (end.kind !== "trap") return;
  for (const { name, offset } of stack.slice(0, 20)) {
    io.stderr(`    at ${name} (0x${offset.toString(16)})\n`);
  }
  if (stack.length > 20) io.stderr(`    … ${stack.length - 20} more\n`);
}

function exitCode(end: GuestEnd, io: Io): number {
  switch (end.kind) {
    case "exit":
      return end.code;
    case "returned":
      if (end.values.length > 0) io.stdout(`${end.values.join(" ")}\n`);
      return 0;
    case "trap":
      return trapExitCode;
  }
}
