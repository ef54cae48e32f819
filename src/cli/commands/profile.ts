import { GuestHangs, NoCounts, NoSamples, withSources } from "../../collect/index.ts";
import type { ProfileRun } from "../../collect/index.ts";
import { isInstrumented, Refusal } from "../../instrument/index.ts";
import { outputFormats } from "../../report/index.ts";
import { decodeModule, isComponent } from "../../wasm/index.ts";
import { UsageError } from "../command.ts";
import type { Command, Io, Parsed } from "../command.ts";
import { duration, outputFormat, positive, readModule, writeProfile } from "../files.ts";
import { debugInfoOf, holdsLines, lineOptions, sourcesOf, withLines } from "../lines.ts";
import { liveOptions, openLive } from "../live.ts";
import { progress } from "../progress.ts";
import { checkOutputs, tellOutputs } from "../outputs.ts";
import { checkPush, pushIfAsked, pushOptions } from "../push.ts";
import { exactOptions, profileExactly } from "./profile-exact.ts";
import { guestOptions, guestRun, takesStdout } from "./profile-guest.ts";
import { chooseMode, modes } from "./profile-modes.ts";
import type { ProfileMode } from "./profile-modes.ts";
import { exitCodeOf, reportRun, trapExitCode } from "./profile-report.ts";
import { runSampled, sampleOptions } from "./profile-sample.ts";
import { chosenRuntime, profileOnRuntime, runtimeOptions } from "./profile-runtime.ts";
import { profileTime, timeOptions } from "./profile-time.ts";

/** Runs a module and reports what it executed. */
export const profileCommand: Command = {
  name: "profile",
  summary: "Run a WASI program and see exactly where it spends its work.",
  usage: "MODULE [options] [-- ARG…]",
  manyOperands: true,
  options: [
    {
      name: "mode",
      short: "m",
      value: "MODE",
      help: `how to look: ${modes.join(", ")} (default: tree)`,
    },
    {
      name: "output",
      short: "o",
      value: "FILE",
      multiple: true,
      help: "write the profile; the ending says the format",
    },
    { name: "format", value: "NAME", help: "format of the output whatever its ending" },
    ...pushOptions,
    ...guestOptions,
    {
      name: "timeout",
      value: "DURATION",
      help: "stop the guest after 500ms, 2s or 1m and report what it did",
    },
    ...liveOptions,
    { name: "top", value: "N", help: "lines of the table (default: 20)" },
    ...lineOptions,
    {
      name: "symbols",
      value: "FILE",
      help: "names of functions (lines of index:name), a module with names and debug data, or a source map",
    },
    ...exactOptions,
    ...timeOptions,
    ...sampleOptions,
    ...runtimeOptions,
    { name: "json", help: "print the report as JSON on stdout; the guest's stdout goes to stderr" },
    { name: "quiet", short: "q", help: "print no report" },
    { name: "help", short: "h", help: "print this help" },
  ],
  details: [
    "These modes count exactly and give the same numbers at each run:",
    "  calls        how often each function was called",
    "  insns        how many instructions each function executed",
    "  blocks       how often each basic block ran",
    "  tree         calls and instructions of each function by who called it",
    "  tree+blocks  both; the default with --lines, while blocks counts lines alone",
    "These measure time, and differ a little from run to run:",
    "  time         calls, and time by who called; times marked ≈ are estimates (docs/time.md)",
    "  sample       time by who called, the module running as it is, looked at 200 times a second",
    "With --runtime the module counts by itself on that runtime: the same numbers (docs/runtimes.md). wasmtime and",
    "wasmtime:perf sample unless a mode is named: --runtime wasmtime --mode tree counts there.",
    `Formats: ${outputFormats.map(({ name, extensions }) => `${name} (${extensions.join(" ")})`).join(", ")}.`,
    "The guest's stdin, stdout and stderr stay its own; the report goes to stderr. (With --json and -o - stdout",
    "is the profile's alone, and what the guest writes there goes to stderr.) The exit code is the",
    `guest's, ${trapExitCode} when it traps, 125 when wasmscope itself fails. Ctrl-C (130), SIGTERM (143) and`,
    "--timeout (124) stop the guest: the report then says what it did up to there, and where it was; a second",
    "Ctrl-C ends everything at once.",
  ].join("\n"),
  examples: [
    ["a table of functions", "wasmscope profile app.wasm -- input.txt"],
    ["a report and a pprof file", "wasmscope profile app.wasm -o app.html -o app.pb.gz"],
    ["what each source line executed", "wasmscope profile --lines app.wasm -- input.txt"],
    ["where the time goes", "wasmscope profile --mode sample app.wasm -- input.txt"],
    ["the hottest basic blocks", "wasmscope profile --mode blocks --dir . app.wasm -- input.txt"],
    ["time instead of counts", "wasmscope profile --mode time --calibrate app.wasm"],
    [
      "the same counts on another runtime",
      "wasmscope profile --mode tree --runtime wasmtime app.wasm",
    ],
    ["one function of a library", "wasmscope profile lib.wasm --invoke fib -- 30"],
  ],
  async run(parsed, io) {
    const path = parsed.positionals[0];
    if (path === undefined) throw new UsageError("which module?");
    if (parsed.positionals.length > 1) {
      throw new UsageError(`arguments for the guest stand behind --: ${parsed.positionals[1]}`);
    }
    const mode = chooseMode(parsed, profileCommand.options);
    const top = positive(parsed.value("top") ?? "20", "top");
    checkPush(parsed);
    const written = [...parsed.values("output"), ...(parsed.flag("json") ? ["-"] : [])];
    checkOutputs(written, [path, parsed.value("symbols") ?? "-"]);
    const outputs = parsed
      .values("output")
      .map((file) => ({ file, format: outputFormat(file, parsed.value("format")) }));
    const { bytes, module } = readModule(path);
    if (isComponent(bytes)) {
      throw new UsageError(
        `${path} is a component: instrument it (wasmscope instrument) and run it on its own runtime`,
      );
    }
    if (mode !== "sample" && isInstrumented(decodeModule(bytes))) {
      throw new Refusal(
        "it is instrumented already: profile the original, or run it as it is and convert what it writes",
      );
    }
    const about = guestRun(parsed, path, module);
    const start = io.now();
    const print = takesStdout(parsed) ? io.stderr : io.stdout;
    const debugInfo = debugInfoOf(bytes, path, parsed.value("symbols"), io);
    const ran = await runOnce(parsed, io, bytes, about, mode, debugInfo);
    if (ran instanceof NoSamples || ran instanceof NoCounts) {
      io.stderr(`wasmscope: no profile: ${ran.message}\n`);
      return exitCodeOf(ran.end, print);
    }
    const durationMs = io.now() - start;
    const lines = parsed.flag("lines");
    const run = withSources(bytes, ran, debugInfo, { ...about, lines });
    const sourceOf = sourcesOf(path, parsed.values("sources"));
    for (const { file, format } of outputs)
      writeProfile(file, withLines(format, run.lines, sourceOf), run.profile);
    if (!parsed.flag("quiet")) {
      reportRun(run, parsed, io, { top, sourceOf });
      const without = outputs.filter(({ format }) => !holdsLines(format));
      if (run.lines !== undefined && run.profile.mode === "tree" && without.length > 0) {
        const files = without.map(({ file }) => file).join(", ");
        io.stderr(`wasmscope: no source lines in ${files}: --mode blocks writes them\n`);
      }
      tellOutputs(parsed.values("output"), io);
    }
    await pushIfAsked(parsed, io, run.profile, durationMs);
    return exitCodeOf(run.end, print);
  },
};

async function runOnce(
  parsed: Parsed,
  io: Io,
  bytes: Uint8Array,
  about: ReturnType<typeof guestRun>,
  mode: ProfileMode | undefined,
  debugInfo: ReturnType<typeof debugInfoOf>,
): Promise<ProfileRun | NoSamples | NoCounts> {
  const timeout = parsed.value("timeout");
  const live = await openLive(parsed, io);
  const supervision = {
    ...(timeout === undefined ? {} : { timeoutMs: duration(timeout, "timeout") }),
    ...(live === undefined ? {} : { onLook: live.onLook }),
  };
  try {
    if (mode === "time") {
      const onBody = progress(io, `instrumenting ${about.module.name}`);
      return await profileTime(parsed, io, bytes, { ...about, onBody }, supervision);
    }
    if (mode === "sample") return await runSampled(parsed, bytes, about, supervision, debugInfo);
    const elsewhere = await chosenRuntime(parsed);
    if (elsewhere !== undefined) {
      const how = { wished: mode, ...supervision };
      return await profileOnRuntime(parsed, io, bytes, about, elsewhere, how);
    }
    return await profileExactly(parsed, io, bytes, about, supervision, mode);
  } catch (error) {
    if (error instanceof NoSamples || error instanceof NoCounts) return error;
    if (error instanceof GuestHangs) endAtOnce(error, io);
    throw error;
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
