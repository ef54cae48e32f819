import { HostError } from "../engine.ts";
import type { ForeignLibrary, Pointer } from "../foreign.ts";
import type { HostedEnd } from "../protocol.ts";
import type { WasmtimeFunctions } from "./c-api.ts";
import { sizes } from "./c-api.ts";

/** Reads wasmtime's errors and traps, and frees them. */
export class Messages {
  readonly #library: ForeignLibrary;
  readonly #functions: WasmtimeFunctions;

  constructor(library: ForeignLibrary, functions: WasmtimeFunctions) {
    this.#library = library;
    this.#functions = functions;
  }

  /** Throws what an error says, in a `HostError`, if there is one. */
  check(error: unknown, failed: HostError["failed"] = "refused"): void {
    if (isNull(error)) return;
    const message = this.#take(this.#functions.wasmtime_error_message, error);
    this.#functions.wasmtime_error_delete(error);
    throw new HostError(failed, message);
  }

  /**
   * Reads how a call ended from what it gave back and the trap it may have made. Exits are traps up to 1.0 and errors
   * later.
   */
  endOf(error: unknown, trap: Buffer): HostedEnd | undefined {
    const { wasmtime_error_exit_status: ofError, wasmtime_trap_exit_status: ofTrap } =
      this.#functions;
    if (!isNull(error)) {
      const code = exitStatus(ofError, error);
      const message = this.#take(this.#functions.wasmtime_error_message, error);
      this.#functions.wasmtime_error_delete(error);
      return code === undefined ? trapped(message) : { kind: "exit", code };
    }
    const pointer = trap.readBigUInt64LE(0);
    if (pointer === 0n) return undefined;
    const code = exitStatus(ofTrap, pointer);
    const message = this.#take(this.#functions.wasm_trap_message, pointer);
    this.#functions.wasm_trap_delete(pointer);
    return code === undefined ? trapped(message) : { kind: "exit", code };
  }

  #take(read: (...values: readonly unknown[]) => unknown, from: unknown): string {
    const vector = Buffer.alloc(sizes.vector);
    read(from, vector);
    const length = Number(vector.readBigUInt64LE(0));
    const text = this.#library.bytesAt(vector.readBigUInt64LE(8), length).toString("utf8");
    this.#functions.wasm_byte_vec_delete(vector);
    return text.replaceAll("\0", "").trim();
  }
}

function exitStatus(
  read: ((...values: readonly unknown[]) => unknown) | undefined,
  from: unknown,
): number | undefined {
  const status = Buffer.alloc(8);
  return read?.(from, status) === true ? status.readInt32LE(0) : undefined;
}

/** The trap stands behind the stack, or in front of it: the stack has offsets that differ from engine to engine. */
function trapped(message: string): HostedEnd {
  const said = /wasm trap: (.*)/.exec(message)?.[1] ?? /^.*$/m.exec(message)?.[0];
  return { kind: "trap", message: said ?? message };
}

/** Says whether a pointer from C is none. */
export function isNull(pointer: unknown): pointer is null {
  return (pointer as Pointer) === null || pointer === 0n;
}
