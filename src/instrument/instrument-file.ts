import { decodeModule, isComponent, rewriteCoreModules } from "../wasm/index.ts";
import type { Module } from "../wasm/index.ts";
import { instrument } from "./instrument.ts";
import type { Instrumented, InstrumentOptions } from "./instrument.ts";
import { Refusal } from "./refusal.ts";

/**
 * Instruments a core module, or the core modules inside a component. In a component a module is left as it
 * is when it cannot write its profile, since imports cannot be added there; a note says so.
 *
 * @param optionsOf Gives the options for one core module's bytes.
 */
export function instrumentFile(
  bytes: Uint8Array,
  optionsOf: (core: Uint8Array) => InstrumentOptions,
): Instrumented {
  if (!isComponent(bytes)) return instrument(bytes, optionsOf(bytes));
  const notes: string[] = [];
  let instrumented = 0;
  const result = rewriteCoreModules(bytes, (core, ordinal) => {
    const options = optionsOf(core);
    if (!canWrite(decodeModule(core), options)) {
      notes.push(`Core module ${ordinal} imports no fd_write and is left as it is.`);
      return core;
    }
    const made = instrument(core, options);
    notes.push(...made.notes);
    instrumented++;
    return made.bytes;
  });
  if (instrumented === 0) {
    throw new Refusal(
      "no core module of the component can write its profile through WASI preview1: use --sink export",
    );
  }
  return { bytes: result, notes };
}

function canWrite(module: Module, { sink = "export" }: InstrumentOptions): boolean {
  if (module.bodies.start.length === 0) return false;
  if (sink === "export") return true;
  const needed = sink === "stderr" ? ["fd_write"] : ["fd_write", "path_open", "fd_close"];
  return needed.every((name) =>
    module.imports.some((entry) => entry.module.startsWith("wasi_") && entry.name === name),
  );
}
