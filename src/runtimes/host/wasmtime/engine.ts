import { readFileSync, writeFileSync } from "node:fs";
import { HostError } from "../engine.ts";
import type { Engine } from "../engine.ts";
import { cString } from "../foreign.ts";
import type { HostedEnd, LoadedAnswer, LoadRequest, RunAnswer, RunRequest } from "../protocol.ts";
import { laps } from "../stopwatch.ts";
import { openApi } from "./api.ts";
import type { Api } from "./api.ts";
import { sizes } from "./c-api.ts";
import { callSteadily, prepareCall } from "./calls.ts";
import { makeConfig } from "./config.ts";
import { isNull } from "./messages.ts";
import { makeWasi } from "./wasi.ts";

/** How wasmtime shall compile. */
export interface WasmtimeSettings {
  /** Its library. */
  readonly library: string;
  readonly version: string;
  readonly tier: string;
}

type Run = Omit<RunRequest, "do">;

/** Wasmtime by its C API, from 0.28 on. */
export class WasmtimeEngine implements Engine {
  readonly version: string;
  readonly #api: Api;
  readonly #engine: unknown;
  readonly #linker: unknown;
  readonly #modules = new Map<number, bigint>();
  #next = 0;

  constructor({ library, version, tier }: WasmtimeSettings) {
    this.version = version;
    this.#api = openApi(library, version);
    const { functions, messages } = this.#api;
    const engine = functions.wasm_engine_new_with_config(makeConfig(this.#api, tier));
    if (isNull(engine)) throw new HostError("unsupported", `wasmtime ${version} has no ${tier}`);
    this.#engine = engine;
    this.#linker = functions.wasmtime_linker_new(engine);
    messages.check(functions.wasmtime_linker_define_wasi(this.#linker), "internal");
  }

  load({ path, from, storeTo }: Omit<LoadRequest, "do">): LoadedAnswer {
    if (from === "artefact") return this.#loadArtefact(path);
    const { functions, messages } = this.#api;
    const out = Buffer.alloc(sizes.pointer);
    const lap = laps();
    const bytes = readFileSync(path);
    const read = lap();
    const error = functions.wasmtime_module_new(this.#engine, bytes, bytes.length, out);
    const compile = lap();
    messages.check(error);
    const module = out.readBigUInt64LE(0);
    if (storeTo === undefined) return this.#keep(module, { read, compile });
    this.#store(module, storeTo);
    return this.#keep(module, { read, compile, store: lap() });
  }

  run(request: Run): RunAnswer {
    const module = this.#modules.get(request.module);
    if (module === undefined) throw new HostError("internal", `no module ${request.module}`);
    const lap = laps();
    const { wasmtime_store_new: makeStore, wasmtime_store_delete: end } = this.#api.functions;
    const store = makeStore(this.#engine, null, null);
    let ran: Omit<RunAnswer, "phases"> & { phases: Omit<RunAnswer["phases"], "teardown"> };
    try {
      ran = this.#runIn(store, module, request, lap);
    } catch (error) {
      end(store);
      throw error;
    }
    // Steady calls are timed one by one.
    if (ran.steadyNs !== undefined) lap();
    end(store);
    return { ...ran, phases: { ...ran.phases, teardown: lap() } };
  }

  unload(module: number): void {
    const pointer = this.#modules.get(module);
    if (pointer !== undefined) this.#api.functions.wasmtime_module_delete(pointer);
    this.#modules.delete(module);
  }

  #loadArtefact(path: string): LoadedAnswer {
    const { functions: f, messages } = this.#api;
    const out = Buffer.alloc(sizes.pointer);
    const lap = laps();
    // Mapped where it can be: reading is then a part of loading.
    const bytes = f.wasmtime_module_deserialize_file === undefined ? readFileSync(path) : undefined;
    const read = lap();
    const error =
      bytes === undefined
        ? f.wasmtime_module_deserialize_file?.(this.#engine, cString(path), out)
        : f.wasmtime_module_deserialize(this.#engine, bytes, bytes.length, out);
    const load = lap();
    messages.check(error);
    return this.#keep(out.readBigUInt64LE(0), { read, load });
  }

  #store(module: bigint, path: string): void {
    const { functions: f, messages, library } = this.#api;
    const vector = Buffer.alloc(sizes.vector);
    messages.check(f.wasmtime_module_serialize(module, vector), "unsupported");
    const length = Number(vector.readBigUInt64LE(0));
    writeFileSync(path, library.bytesAt(vector.readBigUInt64LE(8), length));
    f.wasm_byte_vec_delete(vector);
  }

  #keep(pointer: bigint, phases: LoadedAnswer["phases"]): LoadedAnswer {
    const module = this.#next++;
    this.#modules.set(module, pointer);
    const { wasmtime_module_image_range: range } = this.#api.functions;
    if (range === undefined) return { module, phases };
    const [start, end] = [Buffer.alloc(sizes.pointer), Buffer.alloc(sizes.pointer)];
    range(pointer, start, end);
    const codeBytes = Number(end.readBigUInt64LE(0) - start.readBigUInt64LE(0));
    return { module, phases, codeBytes };
  }

  #runIn(store: unknown, module: bigint, request: Run, lap: ReturnType<typeof laps>) {
    const context = this.#api.functions.wasmtime_store_context(store);
    const { instance, end: early } = this.#instantiate(store, context, module, request);
    if (early !== undefined)
      return { phases: { instantiate: lap(), firstCall: lap() }, end: early };
    const { invoke } = request;
    if (invoke !== undefined) this.#initialize(context, instance);
    const call = prepareCall(this.#api, context, instance, invoke ?? { name: "_start", args: [] });
    const instantiate = lap();
    const end = call.run();
    const phases = { instantiate, firstCall: lap() };
    if (invoke === undefined) return { phases, end: end ?? exited };
    const values = call.results();
    if (end !== undefined) return { phases, end, values: [] };
    const steady = callSteadily(call, invoke.calls - 1);
    return { phases, values, steadyNs: steady.ns, end: steady.end ?? returned };
  }

  #instantiate(
    store: unknown,
    context: unknown,
    module: bigint,
    request: Run,
  ): { readonly instance: Buffer; readonly end: HostedEnd | undefined } {
    const { functions: f, messages } = this.#api;
    if (request.memoryBytes !== undefined) {
      f.wasmtime_store_limiter?.(store, request.memoryBytes, -1, -1, -1, -1);
    }
    messages.check(f.wasmtime_context_set_wasi(context, makeWasi(this.#api, request)), "internal");
    const instance = Buffer.alloc(sizes.instance);
    const trap = Buffer.alloc(sizes.pointer);
    const error = f.wasmtime_linker_instantiate(this.#linker, context, module, instance, trap);
    messages.check(error);
    // The start section's.
    return { instance, end: messages.endOf(null, trap) };
  }

  #initialize(context: unknown, instance: Buffer): void {
    try {
      prepareCall(this.#api, context, instance, { name: "_initialize", args: [] }).run();
    } catch {
      // A library need not have it.
    }
  }
}

const exited: HostedEnd = { kind: "exit", code: 0 };
const returned: HostedEnd = { kind: "returned" };
