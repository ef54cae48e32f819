import { functionFrames } from "../../collect/index.ts";
import { groupDigits, printable } from "../../profile/index.ts";
import {
  coreModules,
  decodeModule,
  featuresOf,
  isComponent,
  readProducers,
  sectionNames,
} from "../../wasm/index.ts";
import type { Limits, Module } from "../../wasm/index.ts";
import { UsageError } from "../command.ts";
import type { Command } from "../command.ts";
import { positive, readModule, readSymbols } from "../files.ts";

/** Shows what a module consists of. */
export const inspectCommand: Command = {
  name: "inspect",
  summary: "Show a module's sections, features, imports, exports, largest functions, producers.",
  usage: "MODULE [options]",
  options: [
    { name: "top", value: "N", help: "how many functions and imports to list (default: 10)" },
    { name: "symbols", value: "FILE", help: "names of functions: lines of index:name" },
    { name: "json", help: "print everything as JSON" },
    { name: "help", short: "h", help: "print this help" },
  ],
  examples: [
    ["an overview", "wasmscope inspect app.wasm"],
    ["all functions by size", "wasmscope inspect app.wasm --json | jq .functions"],
  ],
  run(parsed, io) {
    const path = parsed.positionals[0];
    if (path === undefined) throw new UsageError("which module?");
    const top = positive(parsed.value("top") ?? "10", "top");
    const symbols = readSymbols(parsed.value("symbols"));
    const { bytes, module } = readModule(path);
    const component = isComponent(bytes);
    const cores = component ? coreModules(bytes) : [bytes];
    const modules = cores.map((core) => inspect(decodeModule(core), symbols));
    if (parsed.flag("json")) {
      const report = { module, size: bytes.length, component, modules };
      const content = component ? report : { module, size: bytes.length, ...modules[0] };
      io.stdout(`${JSON.stringify(content, undefined, 2)}\n`);
      return 0;
    }
    io.stdout(`${printable(path)}: ${groupDigits(bytes.length)} bytes, sha256 ${module.sha256}\n`);
    if (component) io.stdout(`a component with ${modules.length} core modules\n`);
    for (const [ordinal, inspected] of modules.entries()) {
      if (component) io.stdout(`\ncore module ${ordinal}\n`);
      io.stdout(text(inspected, top));
    }
    return 0;
  },
};

type Inspected = ReturnType<typeof inspect>;

function inspect(module: Module, symbols: ReadonlyMap<number, string> | undefined) {
  const frameOf = functionFrames(module, symbols);
  const { bodies, importedFunctions } = module;
  const functions = Array.from(bodies.start, (start, defined) => ({
    index: importedFunctions + defined,
    size: bodies.end[defined]! - start,
  })).toSorted((left, right) => right.size - left.size || left.index - right.index);
  return {
    sections: module.sections.map(({ id, customName, start, end }) => ({
      name: customName === undefined ? sectionNames[id]! : `custom "${customName}"`,
      offset: start,
      size: end - start,
    })),
    features: featuresOf(module),
    memories: module.memories.map(plainLimits),
    tables: module.tables.map(plainLimits),
    globals: module.globals.length,
    tags: module.tags.length,
    imports: module.imports.map(({ module: from, name, kind }) => ({ module: from, name, kind })),
    exports: module.exports,
    functions: functions.map(({ index, size }) => ({ index, size, name: frameOf(index).name })),
    producers: readProducers(module),
  };
}

function plainLimits({ min, max, shared, is64 }: Limits): {
  min: number;
  max?: number;
  shared: boolean;
  is64: boolean;
} {
  return { min: Number(min), ...(max === undefined ? {} : { max: Number(max) }), shared, is64 };
}

function text(module: Inspected, top: number): string {
  const lines: string[] = [];
  const section = (title: string, rows: string[]): void => {
    if (rows.length > 0) lines.push("", title, ...rows.map((row) => `  ${printable(row)}`));
  };
  const size = (bytes: number): string => groupDigits(bytes).padStart(12);
  const shortened = (rows: string[]): string[] =>
    rows.length > top ? [...rows.slice(0, top), `… ${rows.length - top} more`] : rows;
  section(
    "sections",
    module.sections.map(
      ({ name, offset, size: bytes }) =>
        `${size(bytes)}  0x${offset.toString(16).padEnd(8)}  ${name}`,
    ),
  );
  section("features", [module.features.join(", ") || "none beyond the first version"]);
  section(
    "memories",
    module.memories.map(
      ({ min, max, shared, is64 }) =>
        `${min} to ${max ?? "any number of"} pages${shared ? ", shared" : ""}${is64 ? ", 64-bit" : ""}`,
    ),
  );
  section(
    `imports (${module.imports.length})`,
    shortened(module.imports.map(({ module: from, name, kind }) => `${kind} ${from}.${name}`)),
  );
  section(
    `exports (${module.exports.length})`,
    shortened(module.exports.map(({ name, kind, index }) => `${kind} ${index} "${name}"`)),
  );
  section(
    `largest functions (of ${module.functions.length})`,
    module.functions
      .slice(0, top)
      .map(({ index, size: bytes, name }) => `${size(bytes)}  ${name} [${index}]`),
  );
  section(
    "producers",
    module.producers.map(({ field, name, version }) => `${field}: ${name} ${version}`),
  );
  return `${lines.join("\n")}\n`;
}
