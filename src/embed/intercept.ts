import { copyOf } from "./profile-module.ts";
import { Attachment, engineFunction } from "./profiled-module.ts";
import type { ProfiledModule } from "./profiled-module.ts";
import { makeTwin } from "./twin.ts";
import type { EmbedOptions, Twin } from "./twin.ts";
import type { Profile } from "../profile/index.ts";

/** Which modules are profiled, and how. */
export interface InterceptOptions extends EmbedOptions {
  /** Says of each module that is compiled whether it is profiled; all that have functions by default. */
  readonly filter?: (bytes: Uint8Array) => boolean;
}

/** Modules that were instantiated by others since `interceptInstantiation`. */
export interface InstantiationScope {
  /** All instances, in order. */
  readonly modules: readonly ProfiledModule[];
  /** Why modules are not profiled, or not as asked; one sentence each. */
  readonly notes: readonly string[];
  /** The profiles of all instances. */
  readonly profiles: () => Profile[];
  /** Gives the engine's functions back. What was instantiated goes on counting. */
  readonly restore: () => void;
}

type Engine = Pick<
  typeof WebAssembly,
  "Module" | "Instance" | "compile" | "instantiate" | "compileStreaming" | "instantiateStreaming"
> & {
  /** Where the engine can suspend modules: wants a function of its own. */
  readonly promising?: (run: unknown) => unknown;
};

/**
 * Puts functions of the same meaning in place of those by which JavaScript compiles and instantiates modules, so
 * that the glue of wasm-bindgen, Emscripten, Go and others is profiled as it is. A module that cannot be
 * instrumented runs unchanged, and a note says why.
 *
 * @example
 * const scope = interceptInstantiation();
 * const app = await import("./app.js"); // instantiates its module
 * app.work();
 * scope.restore();
 * const [profile] = scope.profiles();
 */
export function interceptInstantiation(options: InterceptOptions = {}): InstantiationScope {
  const interceptor = new Interceptor(options);
  interceptor.install();
  return {
    modules: interceptor.modules,
    notes: interceptor.notes,
    profiles: () => interceptor.modules.map((made) => made.profile()),
    restore: () => interceptor.restore(),
  };
}

class Interceptor {
  readonly modules: Attachment[] = [];
  readonly notes: string[] = [];
  readonly #options: InterceptOptions;
  readonly #twins = new WeakMap<WebAssembly.Module, Twin>();
  readonly #engine: Engine;
  #restoreTables: () => void = () => {};
  readonly #ours: Partial<Record<keyof Engine, unknown>>;

  constructor(options: InterceptOptions) {
    this.#options = options;
    // Functions of older engines may be missing: what is not there is not put there.
    const { Module, Instance, compile, instantiate, compileStreaming, instantiateStreaming } =
      WebAssembly;
    const { promising } = WebAssembly as Partial<Engine>;
    this.#engine = {
      ...(promising && { promising }),
      Module,
      Instance,
      compile,
      instantiate,
      compileStreaming,
      instantiateStreaming,
    };
    this.#ours = this.#replacements();
  }

  install(): void {
    Object.assign(WebAssembly, this.#ours);
    this.#restoreTables = acceptGuardedInTables();
  }

  restore(): void {
    this.#restoreTables();
    for (const key of Object.keys(this.#ours) as (keyof Engine)[]) {
      // Who came later and stands in front of us stays.
      if ((WebAssembly as Engine)[key] === this.#ours[key])
        Object.assign(WebAssembly, { [key]: this.#engine[key] });
    }
  }

  #replacements(): Partial<Record<keyof Engine, unknown>> {
    const { Module, Instance, compileStreaming, instantiateStreaming, promising } = this.#engine;
    const instantiate = async (
      source: BufferSource | WebAssembly.Module,
      imports?: WebAssembly.Imports,
    ): Promise<unknown> => {
      if (source instanceof Module) return this.#instantiate(source, imports);
      const module = await this.#compile(source);
      return { module, instance: await this.#instantiate(module, imports) };
    };
    return {
      Module: new Proxy(Module, {
        construct: (target, args, newTarget) => this.#construct(target, args, newTarget) as object,
      }),
      Instance: new Proxy(Instance, {
        construct: (_, [module, imports]: [WebAssembly.Module, WebAssembly.Imports?]) =>
          this.#attach(module, imports, (all) => new Instance(module, all)),
      }),
      compile: async (source: BufferSource) => this.#compile(source),
      instantiate,
      ...(promising && { promising: (run: unknown) => promising(engineFunction(run)) }),
      ...(typeof compileStreaming === "function" && {
        compileStreaming: async (source: Response | PromiseLike<Response>) =>
          this.#compile(await bytesOf(source)),
      }),
      ...(typeof instantiateStreaming === "function" && {
        instantiateStreaming: async (
          source: Response | PromiseLike<Response>,
          imports?: WebAssembly.Imports,
        ) => instantiate(await bytesOf(source), imports),
      }),
    };
  }

  #construct(target: typeof WebAssembly.Module, args: unknown[], newTarget: unknown): unknown {
    const twin = this.#twinOf(args[0] as BufferSource);
    if (twin === undefined) return Reflect.construct(target, args, newTarget as typeof target);
    const module = new this.#engine.Module(twin.bytes);
    this.#twins.set(module, twin);
    return module;
  }

  async #compile(source: BufferSource): Promise<WebAssembly.Module> {
    const twin = this.#twinOf(source);
    if (twin === undefined) return this.#engine.compile(source);
    const module = await this.#engine.compile(twin.bytes);
    this.#twins.set(module, twin);
    return module;
  }

  async #instantiate(
    module: WebAssembly.Module,
    imports: WebAssembly.Imports | undefined,
  ): Promise<WebAssembly.Instance> {
    const made = this.#attachment(module);
    const all = made === undefined ? imports : made.imports(imports);
    return this.#attached(made, await this.#engine.instantiate(module, all));
  }

  #attach(
    module: WebAssembly.Module,
    imports: WebAssembly.Imports | undefined,
    instantiate: (imports: WebAssembly.Imports | undefined) => WebAssembly.Instance,
  ): WebAssembly.Instance {
    const made = this.#attachment(module);
    return this.#attached(made, instantiate(made === undefined ? imports : made.imports(imports)));
  }

  #attached(made: Attachment | undefined, instance: WebAssembly.Instance): WebAssembly.Instance {
    if (made === undefined) return instance;
    // What its start function did counts, too, if that should fail.
    this.modules.push(made);
    made.attach(instance);
    return instance;
  }

  #attachment(module: WebAssembly.Module): Attachment | undefined {
    const twin = this.#twins.get(module);
    return twin === undefined ? undefined : new Attachment(twin, module);
  }

  /** Returns nothing for what is not to be profiled, or cannot be: the engine says itself what is wrong with it. */
  #twinOf(source: BufferSource): Twin | undefined {
    try {
      const bytes = copyOf(source);
      if (this.#options.filter?.(bytes) === false) return undefined;
      const twin = makeTwin(bytes, this.#options);
      if (twin.original.bodies.start.length === 0) return undefined;
      this.notes.push(...twin.notes);
      return twin;
    } catch (error) {
      this.notes.push(
        `A module is not profiled: ${error instanceof Error ? error.message : String(error)}.`,
      );
      return undefined;
    }
  }
}

/** Takes the bytes out of a response, whatever type it says they are. */
async function bytesOf(source: Response | PromiseLike<Response>): Promise<ArrayBuffer> {
  const response = await source;
  if (!response.ok) throw new TypeError(`HTTP status code is not ok: ${response.status}`);
  return response.arrayBuffer();
}

type SetInTable = (this: WebAssembly.Table, index: number, ...value: unknown[]) => void;

/** Linkers in JavaScript put exports into tables, which take the engine's own functions only. */
function acceptGuardedInTables(): () => void {
  const { prototype } = WebAssembly.Table;
  const before = Reflect.get(prototype, "set") as SetInTable;
  const set: SetInTable = function (index, ...value) {
    before.call(this, index, ...value.map(engineFunction));
  };
  Object.assign(prototype, { set });
  return () => {
    if (Reflect.get(prototype, "set") === set) Object.assign(prototype, { set: before });
  };
}
