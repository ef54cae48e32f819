/** What was thrown through guests that called `proc_exit`, with their exit codes. */
const exitCodes = new WeakMap<object, number>();

/** A module with one function, exported as `trap`, whose body is `unreachable`. */
const trapping = Uint8Array.from([
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 7, 8, 1, 4, 0x74, 0x72, 0x61,
  0x70, 0, 0, 10, 5, 1, 3, 0, 0, 0x0b,
]);

let module: WebAssembly.Module | undefined;

/**
 * Makes a `proc_exit` that ends the guest by a trap: an exception of JavaScript would be caught by a guest's
 * `catch_all`, which runs its destructors, on this runtime only.
 */
export function makeExit(): (code: number) => never {
  module ??= new WebAssembly.Module(trapping);
  const { exports } = new WebAssembly.Instance(module);
  return (code) => {
    try {
      (exports["trap"] as () => never)();
    } catch (error) {
      exitCodes.set(error as object, code);
      throw error;
    }
    throw new Error("the trap did not trap");
  };
}

/** Gives the code with which a guest has exited, when that is what was thrown. */
export function exitCodeOf(thrown: unknown): number | undefined {
  return typeof thrown === "object" && thrown !== null ? exitCodes.get(thrown) : undefined;
}

/** Says in the same words on every version what ended a guest that did not exit. */
export function trapMessage(error: unknown): string {
  if (error instanceof RangeError) return "call stack exhausted";
  if (error instanceof WebAssembly.RuntimeError) return error.message;
  return `exception: ${error instanceof Error ? error.message : String(error)}`;
}
