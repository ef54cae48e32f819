import { basename } from "node:path";
import { listFunctions } from "../../collect/index.ts";
import { exactModes, instrumentFile, instrumentForHost, Refusal } from "../../instrument/index.ts";
import type { ExactMode, Instrumented, InstrumentOptions } from "../../instrument/index.ts";
import { sha256, writeOutput } from "../../sys/index.ts";
import { decodeModule, identity, isComponent } from "../../wasm/index.ts";
import { UsageError } from "../command.ts";
import type { Command, Parsed } from "../command.ts";
import { oneOf, positive, readModule } from "../files.ts";
import { checkOutputs } from "../outputs.ts";
import { progress } from "../progress.ts";

/** Digits of the module's hash that a raw profile carries. */
const idDigits = 16;

/** Writes an instrumented module. */
export const instrumentCommand: Command = {
  name: "instrument",
  summary: "Rewrite a module so that it counts what it executes, on any runtime.",
  usage: "MODULE -o FILE [options]",
  options: [
    { name: "output", short: "o", value: "FILE", help: "where the module is written" },
    {
      name: "mode",
      short: "m",
      value: "MODE",
      help: "calls, insns, blocks, tree (default: blocks), or none: the same bytes",
    },
    {
      name: "sink",
      value: "SINK",
      help: "where it writes its profile: stderr (default), export, or a path in the first --dir",
    },
    {
      name: "memory",
      value: "KIND",
      help: "where mode tree keeps the tree: region (default) or second",
    },
    { name: "max-nodes", value: "N", help: "bound of the tree's size (default: 4000000)" },
    {
      name: "abi",
      value: "KIND",
      help: "host: count nothing, call imports perf_start(i32) and perf_end() around each function",
    },
    { name: "only", value: "F,G", help: "with --abi: the functions that report; * is any text" },
    { name: "skip", value: "F,G", help: "with --abi: functions that do not report" },
    {
      name: "import-module",
      value: "NAME",
      help: "with --abi: module name of the two imports (default: wasmscope)",
    },
    { name: "json", help: "print what was done as JSON on stdout" },
    { name: "help", short: "h", help: "print this help" },
  ],
  details: [
    "The module writes its raw profile when _start returns or proc_exit is called, as text lines that",
    "start with ~wasmscope; `wasmscope convert` finds them in a log. With --sink export the host reads it:",
    "wasmscope_count() gives the number of 64-bit words, wasmscope_word(i) each of them.",
    "",
    "With --abi host the embedder measures, with its own clock: see docs/host-abi.md.",
  ].join("\n"),
  examples: [
    ["instrument, run anywhere, convert", "wasmscope instrument app.wasm -o app.scope.wasm"],
    ["", "wasmtime run app.scope.wasm 2>log.txt"],
    ["", "wasmscope convert log.txt --module app.wasm -o app.svg"],
    [
      "tell the host of calls of some functions",
      "wasmscope instrument app.wasm -o app.host.wasm --abi host --only 'parse*,main'",
    ],
  ],
  run(parsed, io) {
    const path = parsed.positionals[0];
    const output = parsed.value("output");
    if (path === undefined) throw new UsageError("which module?");
    if (output === undefined) throw new UsageError("where to? -o FILE");
    const mode = modeOf(parsed);
    checkOutputs([output], [path]);
    const { bytes, module } = readModule(path);
    const onBody = progress(io, `instrumenting ${module.name}`);
    const { bytes: result, notes } = instrumented(parsed, mode, bytes, onBody);
    writeOutput(output, result);
    const growth = result.length / bytes.length;
    if (parsed.flag("json")) {
      const summary = {
        module,
        mode,
        output,
        bytes: { before: bytes.length, after: result.length },
        growth,
        notes,
      };
      io.stdout(`${JSON.stringify(summary, undefined, 2)}\n`);
    } else {
      io.stderr(
        `wasmscope: ${basename(output)}: mode ${mode}, ${bytes.length} -> ${result.length} bytes (${growth.toFixed(2)}x)\n`,
      );
      for (const note of notes) io.stderr(`wasmscope: ${note}\n`);
    }
    return 0;
  },
};

type Mode = ExactMode | "none" | "host";

/** Reads what is to be done, and refuses options that belong to something else. */
function modeOf(parsed: Parsed): Mode {
  const given = (names: readonly string[]): string | undefined =>
    names.find((name) => parsed.value(name) !== undefined);
  const abi = parsed.value("abi");
  const other = given(
    abi === undefined ? ["only", "skip", "import-module"] : ["mode", "sink", "memory", "max-nodes"],
  );
  if (other !== undefined) {
    const why = abi === undefined ? "goes with --abi host only" : "does not go with --abi";
    throw new UsageError(`--${other} ${why}`);
  }
  if (abi !== undefined) return oneOf(abi, ["host"], "abi");
  return oneOf(parsed.value("mode") ?? "blocks", [...exactModes, "none"], "mode");
}

function instrumented(
  parsed: Parsed,
  mode: Mode,
  bytes: Uint8Array,
  onBody: NonNullable<InstrumentOptions["onBody"]>,
): Instrumented {
  if (mode === "none") return { bytes: identity(bytes), notes: [] };
  if (mode === "host") return reporting(parsed, bytes, onBody);
  return instrumentFile(bytes, (core) => ({
    ...instrumentOptions(parsed),
    mode,
    moduleId: sha256(core).slice(0, idDigits),
    onBody,
  }));
}

function reporting(
  parsed: Parsed,
  bytes: Uint8Array,
  onBody: NonNullable<InstrumentOptions["onBody"]>,
): Instrumented {
  if (isComponent(bytes)) {
    throw new Refusal(
      "imports cannot be added to the core modules of a component: instrument the core module before it becomes one",
    );
  }
  const importModule = parsed.value("import-module");
  const [only, skip] = [named(parsed, "only", bytes), named(parsed, "skip", bytes)];
  return instrumentForHost(bytes, {
    functions: (index) => (only?.has(index) ?? true) && skip?.has(index) !== true,
    ...(importModule === undefined ? {} : { importModule }),
    onBody,
  });
}

/** Finds the functions that an option names. Throws a `UsageError` for names that no function has. */
function named(parsed: Parsed, option: string, bytes: Uint8Array): ReadonlySet<number> | undefined {
  const list = parsed.value(option);
  if (list === undefined) return undefined;
  const { functions, unknown } = listFunctions(decodeModule(bytes), list);
  if (unknown.length > 0) {
    throw new UsageError(`--${option}: no function with a body is called ${unknown.join(", ")}`);
  }
  if (functions.size === 0) throw new UsageError(`--${option} names no function`);
  return functions;
}

function instrumentOptions(parsed: Parsed): Omit<InstrumentOptions, "mode"> {
  const sink = parsed.value("sink") ?? "stderr";
  const mostNodes = parsed.value("max-nodes");
  return {
    sink: sink === "stderr" || sink === "export" ? sink : { path: sink },
    memory: oneOf(parsed.value("memory") ?? "region", ["region", "second"], "memory"),
    ...(mostNodes === undefined ? {} : { mostNodes: positive(mostNodes, "max-nodes") }),
  };
}
