import { readFileSync, writeFileSync } from "node:fs";
import { HostError } from "../engine.ts";
import type { Engine } from "../engine.ts";
import { cString, cStrings } from "../foreign.ts";
import type { ForeignLibrary } from "../foreign.ts";
import type {
  HostedEnd,
  LoadedAnswer,
  LoadRequest,
  RunAnswer,
  RunRequest,
  Span,
} from "../protocol.ts";
import { nowNs, stopwatch, timed } from "../stopwatch.ts";
import { loadWasmtime, sizes } from "./c-api.ts";
import type { WasmtimeFunctions } from "./c-api.ts";
import { isNull, Messages } from "./messages.ts";
import { readValues, writeValues } from "./values.ts";

/** How wasmtime shall compile. */
export interface WasmtimeSettings {
  /** Its library. */
  readonly library: string;
  readonly version: string;
  readonly tier: string;
}

const strategies = { cranelift: 1, winch: 2 } as const;
const optimisations = { none: 0, speed: 1 } as const;

/** Wasmtime by its C API, from 0.28 on. */
export class WasmtimeEngine implements Engine {
  readonly version: string;
  readonly #library: ForeignLibrary;
  readonly #functions: WasmtimeFunctions;
  readonly #messages: Messages;
  readonly #engine: unknown;
  readonly #linker: unknown;
  readonly #modules = new Map<number, bigint>();
  readonly #major: number;
  #next = 0;

  constructor({ library, version, tier }: WasmtimeSettings) {
    const loaded = loadWasmtime(library);
    this.version = version;
    this.#major = Number.parseInt(version, 10);
    this.#library = loaded.library;
    this.#functions = loaded.functions;
    this.#messages = new Messages(loaded.library, loaded.functions);
    const engine = this.#functions.wasm_engine_new_with_config(this.#config(tier));
    if (isNull(engine)) throw new HostError("unsupported", `wasmtime ${version} has no ${tier}`);
    this.#engine = engine;
    this.#linker = this.#functions.wasmtime_linker_new(this.#engine);
    this.#messages.check(this.#functions.wasmtime_linker_define_wasi(this.#linker), "internal");
  }

  load({ path, from, storeTo }: Omit<LoadRequest, "do">): LoadedAnswer {
    if (from === "artefact") return this.#loadArtefact(path);
    const [bytes, read] = timed(() => readFileSync(path));
    const out = Buffer.alloc(sizes.pointer);
    const { wasmtime_module_new: compileModule } = this.#functions;
    const [error, compile] = timed(() => compileModule(this.#engine, bytes, bytes.length, out));
    this.#messages.check(error);
    const module = out.readBigUInt64LE(0);
    const store = storeTo === undefined ? undefined : this.#store(module, storeTo);
    return this.#keep(module, { read, compile, ...(store === undefined ? {} : { store }) });
  }

  run(request: Omit<RunRequest, "do">): RunAnswer {
    const module = this.#modules.get(request.module);
    if (module === undefined) throw new HostError("internal", `no module ${request.module}`);
    const instantiated = stopwatch();
    const store = this.#functions.wasmtime_store_new(this.#engine, null, null);
    const teardown = (): Span => {
      const done = stopwatch();
      this.#functions.wasmtime_store_delete(store);
      return done();
    };
    try {
      return this.#runIn(store, module, request, instantiated, teardown);
    } catch (error) {
      teardown();
      throw error;
    }
  }

  unload(module: number): void {
    const pointer = this.#modules.get(module);
    if (pointer !== undefined) this.#functions.wasmtime_module_delete(pointer);
    this.#modules.delete(module);
  }

  #config(tier: string): unknown {
    const f = this.#functions;
    const config = f.wasm_config_new();
    const strategy = tier === "winch" ? strategies.winch : strategies.cranelift;
    f.wasmtime_config_strategy_set(config, strategy);
    if (tier !== "winch") {
      const optimise = tier === "cranelift-none" ? optimisations.none : optimisations.speed;
      f.wasmtime_config_cranelift_opt_level_set(config, optimise);
    }
    // Off by default in the first versions; what modules are built with needs them.
    if (this.#major < 1) {
      f.wasmtime_config_wasm_bulk_memory_set(config, true);
      f.wasmtime_config_wasm_reference_types_set(config, true);
      f.wasmtime_config_wasm_simd_set(config, true);
    }
    if (tier === "pulley") {
      this.#messages.check(
        f.wasmtime_config_target_set?.(config, cString("pulley64")),
        "unsupported",
      );
    }
    return config;
  }

  #loadArtefact(path: string): LoadedAnswer {
    const { wasmtime_module_deserialize_file: fromFile, wasmtime_module_deserialize: fromBytes } =
      this.#functions;
    const out = Buffer.alloc(sizes.pointer);
    if (fromFile !== undefined) {
      const [error, load] = timed(() => fromFile(this.#engine, cString(path), out));
      this.#messages.check(error);
      // Mapped, not read: loading from a file is one step.
      return this.#keep(out.readBigUInt64LE(0), { read: emptyAt(load.startNs), load });
    }
    const [bytes, read] = timed(() => readFileSync(path));
    const [error, load] = timed(() => fromBytes(this.#engine, bytes, bytes.length, out));
    this.#messages.check(error);
    return this.#keep(out.readBigUInt64LE(0), { read, load });
  }

  #store(module: bigint, path: string): Span {
    const [, span] = timed(() => {
      const vector = Buffer.alloc(sizes.vector);
      this.#messages.check(
        this.#functions.wasmtime_module_serialize(module, vector),
        "unsupported",
      );
      const length = Number(vector.readBigUInt64LE(0));
      writeFileSync(path, this.#library.bytesAt(vector.readBigUInt64LE(8), length));
      this.#functions.wasm_byte_vec_delete(vector);
    });
    return span;
  }

  #keep(pointer: bigint, phases: LoadedAnswer["phases"]): LoadedAnswer {
    const module = this.#next++;
    this.#modules.set(module, pointer);
    const codeBytes = this.#imageBytes(pointer);
    return { module, phases, ...(codeBytes === undefined ? {} : { codeBytes }) };
  }

  #imageBytes(module: bigint): number | undefined {
    const { wasmtime_module_image_range: range } = this.#functions;
    if (range === undefined) return undefined;
    const [start, end] = [Buffer.alloc(sizes.pointer), Buffer.alloc(sizes.pointer)];
    range(module, start, end);
    return Number(end.readBigUInt64LE(0) - start.readBigUInt64LE(0));
  }

  #runIn(
    store: unknown,
    module: bigint,
    request: Omit<RunRequest, "do">,
    instantiated: () => Span,
    teardown: () => Span,
  ): RunAnswer {
    const f = this.#functions;
    const context = f.wasmtime_store_context(store);
    if (request.memoryBytes !== undefined) {
      f.wasmtime_store_limiter?.(store, request.memoryBytes, -1, -1, -1, -1);
    }
    this.#messages.check(f.wasmtime_context_set_wasi(context, this.#wasi(request)), "internal");
    const instance = Buffer.alloc(sizes.instance);
    const trap = Buffer.alloc(sizes.pointer);
    const error = f.wasmtime_linker_instantiate(this.#linker, context, module, instance, trap);
    const instantiate = instantiated();
    this.#messages.check(error);
    const early = this.#messages.endOf(null, trap);
    if (early !== undefined) {
      const phases = { instantiate, firstCall: emptyAt(instantiate.endNs), teardown: teardown() };
      return { phases, end: early };
    }
    const { invoke } = request;
    if (invoke !== undefined) this.#initialize(context, instance);
    const called = this.#call(context, instance, invoke ?? { name: "_start", args: [], calls: 1 });
    const end =
      called.end ?? (invoke === undefined ? { kind: "exit", code: 0 } : { kind: "returned" });
    return {
      phases: { instantiate, firstCall: called.firstCall, teardown: teardown() },
      ...(invoke === undefined ? {} : { steadyNs: called.steadyNs, values: called.values }),
      end,
    };
  }

  #initialize(context: unknown, instance: Buffer): void {
    const initialize = this.#functionOf(context, instance, "_initialize");
    if (initialize === undefined) return;
    const trap = Buffer.alloc(sizes.pointer);
    this.#functions.wasmtime_func_call(context, initialize, null, 0, null, 0, trap);
  }

  #call(
    context: unknown,
    instance: Buffer,
    { name, args, calls }: NonNullable<RunRequest["invoke"]>,
  ): {
    readonly firstCall: Span;
    readonly steadyNs: number[];
    readonly values: string[];
    readonly end: HostedEnd | undefined;
  } {
    const target = this.#functionOf(context, instance, name);
    if (target === undefined) throw new HostError("refused", `no function ${name} is exported`);
    const { parameters, results } = this.#typeOf(context, target);
    // Of a `wasmtime_val_t`; a size that is too small is a corrupted heap, found much later.
    const size = this.#major >= 37 ? 32 : 24;
    const given = writeValues(args, parameters, size);
    const taken = Buffer.alloc(Math.max(results.length, 1) * size);
    const trap = Buffer.alloc(sizes.pointer);
    const { wasmtime_func_call: callFunction } = this.#functions;
    const [count, resultCount] = [args.length, results.length];
    const call = (): unknown =>
      callFunction(context, target, given, count, taken, resultCount, trap);
    const [error, firstCall] = timed(call);
    let end = this.#messages.endOf(error, trap);
    const values = readValues(taken, results.length, size);
    const steadyNs: number[] = [];
    for (let at = 1; at < calls && end === undefined; at++) {
      const before = nowNs();
      const again = call();
      steadyNs.push(nowNs() - before);
      end = this.#messages.endOf(again, trap);
    }
    return { firstCall, steadyNs, values, end };
  }

  #functionOf(context: unknown, instance: Buffer, name: string): Buffer | undefined {
    const text = Buffer.from(name);
    const found = Buffer.alloc(sizes.extern);
    const { wasmtime_instance_export_get: exportOf } = this.#functions;
    const there = exportOf(context, instance, text, text.length, found);
    // Kind 0 is a function.
    if (there !== true || found[0] !== 0) return undefined;
    return Buffer.from(found.subarray(sizes.externContent, sizes.externContent + sizes.func));
  }

  #typeOf(context: unknown, target: Buffer): { parameters: number[]; results: number[] } {
    const f = this.#functions;
    const type = f.wasmtime_func_type(context, target);
    const kindsOf = (vector: unknown): number[] => {
      const head = this.#library.bytesAt(vector as bigint, sizes.vector);
      const count = Number(head.readBigUInt64LE(0));
      if (count === 0) return [];
      const array = this.#library.bytesAt(head.readBigUInt64LE(8), count * sizes.pointer);
      return Array.from(
        { length: count },
        (_, at) =>
          (f.wasm_valtype_kind(array.readBigUInt64LE(at * sizes.pointer)) as number) & 0xff,
      );
    };
    const parameters = kindsOf(f.wasm_functype_params(type));
    const results = kindsOf(f.wasm_functype_results(type));
    f.wasm_functype_delete(type);
    return { parameters, results };
  }

  #wasi({ args, env, dirs, stdin, stdout, stderr }: Omit<RunRequest, "do">): unknown {
    const f = this.#functions;
    const wasi = f.wasi_config_new();
    // All are copied by the call, during which these variables hold them.
    const argv = cStrings(args, this.#library);
    f.wasi_config_set_argv(wasi, args.length, argv.array);
    const names = cStrings(Object.keys(env), this.#library);
    const values = cStrings(Object.values(env), this.#library);
    f.wasi_config_set_env(wasi, Object.keys(env).length, names.array, values.array);
    const stream = (name: "stdin" | "stdout" | "stderr", path = "/dev/null"): void => {
      if (path === "inherit") return void f[`wasi_config_inherit_${name}`](wasi);
      if (f[`wasi_config_set_${name}_file`](wasi, cString(path)) !== true) {
        throw new HostError("internal", `wasmtime cannot open ${path}`);
      }
    };
    stream("stdin", stdin);
    stream("stdout", stdout);
    stream("stderr", stderr);
    for (const { host, guest } of dirs) {
      // Reading and writing: bits 1 and 2 each, or true.
      const may = this.#major >= 48 ? 1 : 3;
      if (f.wasi_config_preopen_dir(wasi, cString(host), cString(guest), may, may) !== true) {
        throw new HostError("internal", `wasmtime cannot open the folder ${host}`);
      }
    }
    pinned(argv, names, values);
    return wasi;
  }
}

/** Keeps buffers referenced up to here: C has their addresses, which the garbage collector does not see. */
function pinned(..._buffers: readonly unknown[]): void {}

function emptyAt(ns: number): Span {
  return { startNs: ns, endNs: ns, cpuNs: 0 };
}
