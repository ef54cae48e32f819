import { exitCodeOf, makeExit, trapMessage } from "../in-process/exit-by-trap.ts";
import { HostError } from "./engine.ts";
import type { Engine } from "./engine.ts";
import { openGuestFiles } from "./guest-files.ts";
import { argumentsFor } from "./js-arguments.ts";
import type {
  HostedEnd,
  LoadedAnswer,
  LoadRequest,
  RunAnswer,
  RunRequest,
  Span,
} from "./protocol.ts";
import { makeSalt, readSalted } from "./salt.ts";
import { laps, nowNs } from "./stopwatch.ts";
import type { WasiGuest, WasiProvider } from "./wasi-provider.ts";

const wasiModules = ["wasi_snapshot_preview1", "wasi_unstable"] as const;

/** The WebAssembly of an engine of JavaScript, of the process that this runs in. */
export class JsEngine implements Engine {
  readonly version: string;
  readonly #wasi: WasiProvider;
  readonly #modules = new Map<number, WebAssembly.Module>();
  readonly #salt = makeSalt();
  #next = 0;

  constructor(version: string, wasi: WasiProvider) {
    this.version = version;
    this.#wasi = wasi;
  }

  load({ path, from, storeTo }: Omit<LoadRequest, "do">): LoadedAnswer {
    if (from === "artefact" || storeTo !== undefined) {
      throw new HostError("unsupported", "engines of JavaScript store no compiled modules");
    }
    const lap = laps();
    const bytes = readSalted(path, this.#salt());
    const read = lap();
    const compiled = compileModule(bytes);
    const compile = lap();
    const module = this.#next++;
    this.#modules.set(module, compiled);
    return { module, phases: { read, compile } };
  }

  run(request: Omit<RunRequest, "do">): RunAnswer {
    const module = this.#modules.get(request.module);
    if (module === undefined) throw new HostError("internal", `no module ${request.module}`);
    refuseUnknownImports(module);
    const lap = laps();
    const files = openGuestFiles(request);
    try {
      const version = versionOf(module);
      const wasi = this.#wasi({ ...request, ...files, version });
      const instance = instantiate(module, wasi);
      return callGuest(instance, wasi, request, lap, () => files.close());
    } catch (error) {
      files.close();
      throw error;
    }
  }

  unload(module: number): void {
    this.#modules.delete(module);
  }
}

function compileModule(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  try {
    return new WebAssembly.Module(bytes);
  } catch (error) {
    throw new HostError("refused", messageOf(error));
  }
}

function instantiate(module: WebAssembly.Module, { imports }: WasiGuest): WebAssembly.Instance {
  const all = { ...imports, proc_exit: makeExit() };
  try {
    return new WebAssembly.Instance(
      module,
      Object.fromEntries(wasiModules.map((name) => [name, all])),
    );
  } catch (error) {
    throw new HostError("refused", messageOf(error));
  }
}

function callGuest(
  { exports }: WebAssembly.Instance,
  wasi: WasiGuest,
  { invoke }: Omit<RunRequest, "do">,
  lap: () => Span,
  close: () => void,
): RunAnswer {
  const target = functionOf(exports, invoke?.name ?? "_start");
  const initialize = exports["_initialize"];
  const values = invoke === undefined ? [] : argumentsFor(target, invoke.args);
  const memory = exports["memory"] instanceof WebAssembly.Memory ? exports["memory"] : undefined;
  const steadyNs: number[] = [];
  // A guest that traps before its first call has spent all in the first phase.
  let phases: { instantiate: Span; firstCall: Span } | undefined;
  let result: unknown;
  const main = (): void => {
    if (invoke !== undefined && typeof initialize === "function") (initialize as () => void)();
    const instantiated = lap();
    try {
      result = target(...values);
    } finally {
      phases = { instantiate: instantiated, firstCall: lap() };
    }
    for (let call = 1; call < (invoke?.calls ?? 1); call++) {
      const before = nowNs();
      target(...values);
      steadyNs.push(nowNs() - before);
    }
  };
  const end = endOf(() => wasi.start(memory, main), invoke !== undefined);
  phases ??= { instantiate: lap(), firstCall: lap() };
  // Steady calls are timed one by one.
  if (steadyNs.length > 0) lap();
  close();
  return {
    phases: { ...phases, teardown: lap() },
    ...(invoke === undefined ? {} : { steadyNs, values: textsOf(result) }),
    end,
  };
}

function endOf(run: () => void, returns: boolean): HostedEnd {
  try {
    run();
    return returns ? { kind: "returned" } : { kind: "exit", code: 0 };
  } catch (error) {
    const code = exitCodeOf(error);
    return code === undefined
      ? { kind: "trap", message: trapMessage(error) }
      : { kind: "exit", code };
  }
}

function functionOf(
  exports: WebAssembly.Exports,
  name: string,
): (...values: readonly unknown[]) => unknown {
  const target = exports[name];
  if (typeof target !== "function") {
    throw new HostError("refused", `no function ${name} is exported`);
  }
  return target as (...values: readonly unknown[]) => unknown;
}

function refuseUnknownImports(module: WebAssembly.Module): void {
  const known: readonly string[] = wasiModules;
  const unknown = WebAssembly.Module.imports(module).find((entry) => !known.includes(entry.module));
  if (unknown === undefined) return;
  throw new HostError("refused", `nothing gives ${unknown.module}.${unknown.name}`);
}

function versionOf(module: WebAssembly.Module): "preview1" | "unstable" {
  const imports = WebAssembly.Module.imports(module);
  return imports.some((entry) => entry.module === "wasi_unstable") ? "unstable" : "preview1";
}

function textsOf(result: unknown): string[] {
  if (result === undefined) return [];
  return (Array.isArray(result) ? result : [result]).map(String);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
