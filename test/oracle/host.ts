/** What ran in a program, as its host saw it. */
export interface Ending {
  readonly log: readonly unknown[];
  readonly instance: WebAssembly.Instance;
}

/** A program: a module, what the host gives it, and what the host calls. */
export interface Program {
  readonly bytes: Uint8Array;
  readonly imports?: (host: Host) => WebAssembly.Imports;
  /** Calls "run" once unless it says otherwise. */
  readonly run?: (host: Host) => void;
}

/** How one way of running differs from the plain one. */
export interface Way {
  readonly bytes: Uint8Array;
  readonly imports?: WebAssembly.Imports;
  readonly around?: <T>(call: () => T) => T;
  /** Told when what the host called from outside did not return. */
  readonly ended?: (instance: WebAssembly.Instance, error: unknown) => void;
}

/** The host's side of a running program: notes everything that it sees, so that runs can be compared. */
export class Host {
  readonly log: unknown[] = [];
  readonly #way: Way;
  #instance: WebAssembly.Instance | undefined;
  #depth = 0;

  constructor(way: Way) {
    this.#way = way;
  }

  get instance(): WebAssembly.Instance {
    return this.#instance!;
  }

  get memory(): WebAssembly.Memory {
    return this.instance.exports["memory"] as WebAssembly.Memory;
  }

  /** Instantiates the module and runs the program. */
  start({ imports, run = (host) => host.call("run") }: Program): Ending {
    const module = new WebAssembly.Module(this.#way.bytes as Uint8Array<ArrayBuffer>);
    const all = { ...imports?.(this), ...this.#way.imports };
    this.#instance = this.#guarded(() => new WebAssembly.Instance(module, all));
    run(this);
    return { log: this.log, instance: this.instance };
  }

  /** Calls an export. */
  call(name: string, ...args: readonly unknown[]): unknown {
    const target = this.instance.exports[name];
    if (typeof target !== "function") throw new Error(`no function ${name} is exported`);
    return this.invoke(target as (...args: unknown[]) => unknown, ...args);
  }

  /**
   * Calls a function of the module. What it throws is noted when the host called from outside, and goes
   * on when the host itself was called by the guest.
   */
  invoke(target: (...args: unknown[]) => unknown, ...args: readonly unknown[]): unknown {
    return this.#guarded(() => {
      const result = target(...args);
      this.log.push(result);
      return result;
    });
  }

  #guarded<T>(call: () => T): T {
    const around = this.#way.around ?? ((inside) => inside());
    if (this.#depth > 0) return around(call);
    this.#depth++;
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = Infinity;
    try {
      return around(call);
    } catch (error) {
      if (this.#instance === undefined) throw error;
      this.log.push(describe(error));
      this.#way.ended?.(this.#instance, error);
      return undefined as T;
    } finally {
      Error.stackTraceLimit = limit;
      this.#depth--;
    }
  }
}

function describe(error: unknown): string {
  if (error instanceof RangeError) return "the stack is full";
  if (error instanceof WebAssembly.Exception) return "exception";
  return String(error);
}
