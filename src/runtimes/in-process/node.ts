import type { WASI } from "node:wasi";
import { exitCodeOf, makeExit, trapMessage } from "./exit-by-trap.ts";
import { CannotRun } from "./guest.ts";
import type { GuestEnd, GuestOptions, TrapFrame } from "./guest.ts";
import { loadWasi } from "./load-wasi.ts";
import { waitInSlices } from "./wasi-waits.ts";

/** A module that is ready to run in this process, on V8. */
export interface NodeGuest {
  readonly exports: WebAssembly.Exports;
  /** Runs `_start`, or the function to invoke, to its end. */
  run(): GuestEnd;
  /** Where the guest stands, the innermost first, when called while it runs: from a host function or an interrupt. */
  stack(): TrapFrame[];
}

/** What a host does beside WASI. */
export interface NodeHooks {
  /** Imports by module, of which WASI is none. */
  readonly imports?: WebAssembly.Imports;
  /** Gives the function to import in place of one of WASI's. */
  readonly wrapImport?: (name: string, run: HostFunction) => HostFunction;
}

/** A function of the host's that a guest calls. */
export type HostFunction = (...args: readonly unknown[]) => unknown;

const wasiModules = ["wasi_snapshot_preview1", "wasi_unstable"] as const;

/**
 * Compiles and instantiates a module with WASI preview1. Standard input, output and error are this
 * process's. Throws a `CannotRun` when the module is refused or wants other imports.
 */
export function prepareInNode(
  bytes: Uint8Array,
  options: GuestOptions,
  hooks: NodeHooks = {},
): NodeGuest {
  const { WASI } = loadWasi();
  const module = compile(bytes);
  refuseUnknownImports(module, hooks);
  const version = WebAssembly.Module.imports(module).some(
    (entry) => entry.module === "wasi_unstable",
  )
    ? "unstable"
    : "preview1";
  const wasi = new WASI({
    version,
    args: [...options.args],
    env: { ...options.env },
    preopens: preopens(options),
    ...options.stdio,
    returnOnExit: true,
  });
  const imports = wasi.getImportObject() as WebAssembly.Imports;
  const instance = instantiate(module, imports, hooks, options);
  return {
    exports: instance.exports,
    run: () => withWholeStacks(() => runGuest(wasi, instance, options)),
    stack: () => withWholeStacks(() => framesOf(new Error("where the guest stands"))),
  };
}

/** Says whether this Node accepts modules with more than one memory. */
export function hasMultiMemory(): boolean {
  // Two memories of no pages: section 5, four bytes of content.
  const probe = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 5, 5, 2, 0, 0, 0, 0);
  return WebAssembly.validate(probe);
}

function compile(bytes: Uint8Array): WebAssembly.Module {
  try {
    return new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>);
  } catch (error) {
    throw new CannotRun(`Node ${process.version} refuses the module: ${messageOf(error)}`);
  }
}

function refuseUnknownImports(module: WebAssembly.Module, { imports = {} }: NodeHooks): void {
  const known: readonly string[] = [...wasiModules, ...Object.keys(imports)];
  const unknown = WebAssembly.Module.imports(module).filter(
    (entry) => !known.includes(entry.module),
  );
  if (unknown.length === 0) return;
  const some = unknown.slice(0, 3).map((entry) => `${entry.module}.${entry.name}`);
  const more = unknown.length > some.length ? ` and ${unknown.length - some.length} more` : "";
  throw new CannotRun(
    `the module imports ${some.join(", ")}${more}, which only its own host provides: ` +
      "instrument it (wasmscope instrument) and run it there",
  );
}

function preopens({ dirs }: GuestOptions): Record<string, string> {
  return Object.fromEntries(dirs.map(({ host, guest }) => [guest, host]));
}

function instantiate(
  module: WebAssembly.Module,
  imports: WebAssembly.Imports,
  hooks: NodeHooks,
  { stoppable = false, stdio }: GuestOptions,
): WebAssembly.Instance {
  // A closure, not Node's own: it says with which code the guest ends also outside of `_start`.
  const proc_exit = makeExit();
  const [[version, given] = ["", {}]] = Object.entries(imports);
  const memoryOf = (): WebAssembly.Memory | undefined => {
    const memory = instance?.exports["memory"];
    return memory instanceof WebAssembly.Memory ? memory : undefined;
  };
  // The older WASI has other structures; its guests, few and old, cannot be stopped while they wait.
  const inSlices = stoppable && version === "wasi_snapshot_preview1";
  const waiting = inSlices ? waitInSlices(given, memoryOf, stdio?.stdin ?? 0) : given;
  const own = { ...waiting, proc_exit };
  const { wrapImport = (_, run) => run } = hooks;
  const wasi = Object.fromEntries(
    Object.entries(own).map(([name, run]) => [name, wrapImport(name, run as HostFunction)]),
  );
  let instance: WebAssembly.Instance | undefined;
  const both = {
    ...hooks.imports,
    ...Object.fromEntries(wasiModules.map((name) => [name, wasi])),
  };
  try {
    instance = new WebAssembly.Instance(module, both);
    return instance;
  } catch (error) {
    const code = exitCodeOf(error);
    const why = code === undefined ? messageOf(error) : `its start function exits with ${code}`;
    throw new CannotRun(`cannot instantiate the module: ${why}`);
  }
}

/** Lets traps carry the whole stack of the guest, which may be deep. */
function withWholeStacks<T>(run: () => T): T {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = Infinity;
  try {
    return run();
  } finally {
    Error.stackTraceLimit = before;
  }
}

function runGuest(wasi: WASI, instance: WebAssembly.Instance, options: GuestOptions): GuestEnd {
  const { memory, _start: start, _initialize: initialize } = instance.exports;
  // WASI wants an export `memory`, and no `_start` for a library: give it what it looks for.
  const stand = { memory: memory ?? new WebAssembly.Memory({ initial: 0 }) };
  // A start section that was put off comes first, and only once WASI knows the memory.
  const deferred = instance.exports[options.startExport ?? ""];
  const behindStart = (next: WebAssembly.ExportValue | undefined) => (): void => {
    if (typeof deferred === "function") (deferred as () => void)();
    if (typeof next === "function") (next as () => void)();
  };
  try {
    if (options.invoke === undefined) {
      if (typeof start !== "function") {
        throw new CannotRun("the module exports no function _start: name one with --invoke");
      }
      const code = wasi.start({ exports: { ...stand, _start: behindStart(start) } }) ?? 0;
      return { kind: "exit", code };
    }
    wasi.initialize({ exports: { ...stand, _initialize: behindStart(initialize) } });
    return invoke(instance, options.invoke);
  } catch (error) {
    if (error instanceof CannotRun) throw error;
    const code = exitCodeOf(error);
    if (code !== undefined) return { kind: "exit", code };
    return { kind: "trap", message: trapMessage(error), frames: framesOf(error) };
  }
}

function invoke(
  instance: WebAssembly.Instance,
  { name, args }: NonNullable<GuestOptions["invoke"]>,
): GuestEnd {
  const target = instance.exports[name];
  if (typeof target !== "function") {
    const functions = Object.keys(instance.exports).filter(
      (key) => typeof instance.exports[key] === "function" && !key.startsWith("wasmscope_"),
    );
    throw new CannotRun(`no function ${name} is exported; there are: ${functions.join(", ")}`);
  }
  const result: unknown = (target as (...values: unknown[]) => unknown)(...args);
  if (result === undefined) return { kind: "returned", values: [] };
  return { kind: "returned", values: (Array.isArray(result) ? result : [result]).map(String) };
}

/** Reads the guest's frames from the stack that V8 prints: `wasm-function[12]:0x1f3c`. */
export function framesOf(error: unknown): TrapFrame[] {
  if (!(error instanceof Error)) return [];
  const frames: TrapFrame[] = [];
  for (const [, index, offset] of (error.stack ?? "").matchAll(
    // Functions of modules of our own beside the guest are none of its frames.
    /(?<!\/wasmscope_\S*)wasm-function\[(\d+)\]:0x([0-9a-f]+)/g,
  )) {
    frames.push({ funcIndex: Number(index), offset: parseInt(offset!, 16) });
  }
  return frames;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
