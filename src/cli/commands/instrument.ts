import { basename } from "node:path";
import { exactModes, instrumentFile } from "../../instrument/index.ts";
import type { InstrumentOptions } from "../../instrument/index.ts";
import { sha256, writeOutput } from "../../sys/index.ts";
import { identity } from "../../wasm/index.ts";
import { UsageError } from "../command.ts";
import type { Command, Parsed } from "../command.ts";
import { oneOf, positive, readModule } from "../files.ts";
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
    { name: "json", help: "print what was done as JSON on stdout" },
    { name: "help", short: "h", help: "print this help" },
  ],
  details: [
    "The module writes its raw profile when _start returns or proc_exit is called, as text lines that",
    "start with ~wasmscope; `wasmscope convert` finds them in a log. With --sink export the host reads it:",
    "wasmscope_count() gives the number of 64-bit words, wasmscope_word(i) each of them.",
  ].join("\n"),
  examples: [
    ["instrument, run anywhere, convert", "wasmscope instrument app.wasm -o app.scope.wasm"],
    ["", "wasmtime run app.scope.wasm 2>log.txt"],
    ["", "wasmscope convert log.txt --module app.wasm -o app.svg"],
  ],
  run(parsed, io) {
    const path = parsed.positionals[0];
    const output = parsed.value("output");
    if (path === undefined) throw new UsageError("which module?");
    if (output === undefined) throw new UsageError("where to? -o FILE");
    const mode = oneOf(parsed.value("mode") ?? "blocks", [...exactModes, "none"], "mode");
    const { bytes, module } = readModule(path);
    const notes: string[] = [];
    let result: Uint8Array;
    if (mode === "none") result = identity(bytes);
    else {
      const made = instrumentFile(bytes, (core) => ({
        ...instrumentOptions(parsed),
        mode,
        moduleId: sha256(core).slice(0, idDigits),
        onBody: progress(io, `instrumenting ${module.name}`),
      }));
      result = made.bytes;
      notes.push(...made.notes);
    }
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

function instrumentOptions(parsed: Parsed): Omit<InstrumentOptions, "mode"> {
  const sink = parsed.value("sink") ?? "stderr";
  const mostNodes = parsed.value("max-nodes");
  return {
    sink: sink === "stderr" || sink === "export" ? sink : { path: sink },
    memory: oneOf(parsed.value("memory") ?? "region", ["region", "second"], "memory"),
    ...(mostNodes === undefined ? {} : { mostNodes: positive(mostNodes, "max-nodes") }),
  };
}
