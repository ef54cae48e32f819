import { basename } from "node:path";
import { GuestHangs, superviseRun } from "../../collect/index.ts";
import type { ProfileRun } from "../../collect/index.ts";
import { countsBlocks, exactModes, Refusal } from "../../instrument/index.ts";
import type { ExactMode } from "../../instrument/index.ts";
import { formatPaces, formats, formatTable, pacesOf, tableOf } from "../../profile/index.ts";
import type { Profile } from "../../profile/index.ts";
import { outputFormats } from "../../report/index.ts";
import { hasMultiMemory } from "../../runtimes/index.ts";
import type { GuestEnd } from "../../runtimes/index.ts";
import { isComponent } from "../../wasm/index.ts";
import { UsageError } from "../command.ts";
import type { Command, Io, Parsed } from "../command.ts";
import { lineOptions, linesText, noDebugHint, sourcesOf } from "../lines.ts";
import {
  duration,
  oneOf,
  outputFormat,
  positive,
  readModule,
  readSymbols,
  writeProfile,
} from "../files.ts";
import { runSampled, sampleOptions } from "./profile-sample.ts";
import { liveOptions, openLive } from "../live.ts";
import { progress } from "../progress.ts";
import { pushIfAsked, pushOptions } from "../push.ts";

const modes = [...exactModes, "sample"] as const;

/** What shells and runtimes make of an abort: 128 + SIGABRT. */
const trapExitCode = 134;

/** What `timeout` ends with, and shells say of a process that a signal ended. */
const stopExitCodes = { timeout: 124, interrupt: 130, terminate: 143 } as const;

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
      help: `what to count: ${exactModes.join(", ")} (default: tree), or sample`,
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
    ...lineOptions,
    {
      name: "symbols",
      value: "FILE",
      help: "names of functions (lines of index:name), or a module with debug data",
    },
    {
      name: "memory",
      value: "KIND",
      help: "where mode tree keeps the tree: second or region (default: what Node can)",
    },
    { name: "max-nodes", value: "N", help: "bound of the tree's size (default: 4000000)" },
    {
      name: "timeout",
      value: "DURATION",
      help: "stop the guest after 500ms, 2s or 1m and report what it did",
    },
    {
      name: "measure-overhead",
      help: "run the guest ten times more, without input and output, and say what counting costs",
    },
    ...sampleOptions,
    ...liveOptions,
    ...pushOptions,
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
    "  tree+blocks  both; with --lines the default is this, and blocks counts lines alone",
    "Mode sample measures instead: the module runs as it is, at its own speed, and is looked at a thousand",
    "times a second. It says where the time goes, with noise.",
    `Formats: ${outputFormats.map(({ name, extensions }) => `${name} (${extensions.join(" ")})`).join(", ")}.`,
    "The guest's stdin, stdout and stderr stay its own; the report goes to stderr. The exit code is the",
    `guest's, ${trapExitCode} when it traps, 125 when wasmscope itself fails. Ctrl-C (130), SIGTERM (143) and`,
    "--timeout (124) stop the guest: the report then says what it did up to there, and where it was; a second",
    "Ctrl-C ends everything at once.",
  ].join("\n"),
  examples: [
    ["a table of functions", "wasmscope profile app.wasm -- input.txt"],
    ["a flame graph and a pprof file", "wasmscope profile app.wasm -o app.svg -o app.pb.gz"],
    ["what each source line executed", "wasmscope profile --lines app.wasm -- input.txt"],
    ["the hottest basic blocks", "wasmscope profile --mode blocks --dir . app.wasm -- input.txt"],
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
    const start = io.now();
    const result = await runOnce(parsed, io, bytes, module, path);
    for (const { file, format } of outputs) writeProfile(file, format, result.profile);
    const durationMs = io.now() - start;
    if (!parsed.flag("quiet")) report(result, path, parsed, io, top);
    await pushIfAsked(parsed, io, result.profile, durationMs);
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
  const lines = parsed.flag("lines");
  const unasked = lines ? "tree+blocks" : parsed.flag("join") ? "sample" : "tree";
  const mode = wished === undefined ? unasked : oneOf(wished, modes, "mode");
  if (parsed.flag("join") && mode !== "sample") {
    throw new UsageError(`--join goes with mode sample, not ${mode}`);
  }
  if (lines && (mode === "sample" || !countsBlocks(mode))) {
    throw new UsageError(`--lines needs mode blocks or tree+blocks, not ${mode}`);
  }
  const kind = parsed.value("memory");
  const invoke = parsed.value("invoke");
  const symbols = readSymbols(parsed.value("symbols"));
  const mostNodes = parsed.value("max-nodes");
  const timeout = parsed.value("timeout");
  const common = {
    module,
    guest: {
      args: [basename(path), ...(invoke === undefined ? parsed.rest : [])],
      env: Object.fromEntries(parsed.values("env").map(parseVariable)),
      dirs: parsed.values("dir").map(parseDirectory),
    },
    ...(invoke === undefined ? {} : { invoke: { name: invoke, args: parsed.rest } }),
    ...(symbols === undefined ? {} : { symbols }),
    debug: bytes,
  };
  const live = await openLive(parsed, io);
  const supervision = {
    ...(timeout === undefined ? {} : { timeoutMs: duration(timeout, "timeout") }),
    ...(live === undefined ? {} : { onLook: live.onLook }),
  };
  const run = (as: ExactMode): Promise<ProfileRun> =>
    superviseRun(
      bytes,
      {
        mode: as,
        memory:
          kind === undefined
            ? hasMultiMemory()
              ? "second"
              : "region"
            : oneOf(kind, ["second", "region"], "memory"),
        ...common,
        lines,
        ...(mostNodes === undefined ? {} : { mostNodes: positive(mostNodes, "max-nodes") }),
        onBody: progress(io, `instrumenting ${module.name}`),
        ...(parsed.flag("measure-overhead")
          ? { onOverheadRun: progress(io, "measuring the overhead") }
          : {}),
      },
      supervision,
    );
  try {
    if (mode === "sample") return await runSampled(parsed, bytes, common, supervision);
    return await run(mode);
  } catch (error) {
    if (error instanceof GuestHangs) endAtOnce(error, io);
    // Nobody asked for the tree: count what can be counted.
    if (!(error instanceof Refusal) || wished !== undefined) throw error;
    io.stderr(`wasmscope: no call tree (${error.message}); counting blocks\n`);
    return await run("blocks");
  } finally {
    live?.close();
  }
}

/** Ends this process by a signal: its end would wait for the guest's thread, which does not come back. */
function endAtOnce({ reason, message }: GuestHangs, io: Io): void {
  io.stderr(`wasmscope: ${message}\n`);
  const signal = { timeout: "SIGKILL", interrupt: "SIGINT", terminate: "SIGTERM" } as const;
  process.kill(process.pid, signal[reason]);
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

function report(result: ProfileRun, path: string, parsed: Parsed, io: Io, top: number): void {
  const { profile, growth, stack, lines } = result;
  if (parsed.flag("json")) {
    const json = formats.find(({ name }) => name === "json")!;
    io.stderr(`${new TextDecoder().decode(json.write(profile)).trimEnd()}\n`);
    return;
  }
  const colors = io.stderrIsTerminal && (io.env["NO_COLOR"] ?? "") === "";
  const how =
    profile.mode === "sample"
      ? "not rewritten"
      : `exact; module size ${(growth.after / growth.before).toFixed(2)}x`;
  io.stderr(`\nwasmscope: ${profile.module.name}, mode ${profile.mode}, ${how}\n\n`);
  const table = tableOf(lines === undefined ? profile : withoutBlocks(profile), { top });
  io.stderr(formatTable(table, { width: io.width, colors }));
  const paces = pacesOf(profile);
  if (paces.length > 0) io.stderr(`\n${formatPaces(paces, { top, width: io.width })}`);
  const sourceOf = sourcesOf(path, parsed.values("sources"));
  if (lines !== undefined) io.stderr(linesText(lines, { width: io.width, top, colors, sourceOf }));
  else if (parsed.flag("lines")) io.stderr(`\nno source lines: ${noDebugHint}\n`);
  if (stack.length === 0) return;
  for (const frame of stack.slice(0, 20)) io.stderr(`    at ${placeText(frame)}\n`);
  if (stack.length > 20) io.stderr(`    … ${stack.length - 20} more\n`);
}

/** Lines say it better. */
function withoutBlocks({ blocks: _, ...profile }: Profile): Profile {
  return profile;
}

function placeText({ name, file, line, offset, inlined }: ProfileRun["stack"][number]): string {
  const place = `0x${offset.toString(16)}`;
  const source = file === undefined ? "" : `${file}${line === undefined ? "" : `:${line}`}, `;
  return `${name}${inlined ? " [inlined]" : ""} (${source}${place})`;
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
    case "stopped":
      return stopExitCodes[end.reason];
  }
}
