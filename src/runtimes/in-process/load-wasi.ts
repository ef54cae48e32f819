import { createRequire } from "node:module";
import { setFlagsFromString } from "node:v8";

/**
 * Loads Node's WASI, with V8 and Node prepared: without fast API calls, in which a garbage collection
 * destroys the WASI object during its own call (an abort in a quarter to nearly all runs of plain guests under
 * Node 20), and without the notice that WASI is experimental, which would mix with the guest's stderr.
 */
export function loadWasi(): typeof import("node:wasi") {
  setFlagsFromString("--no-turbo-fast-api-calls");
  const emit = process.emitWarning.bind(process);
  process.emitWarning = () => {};
  try {
    // The notice comes when the module is loaded, which an `import` would do before this line.
    return createRequire(import.meta.url)("node:wasi") as typeof import("node:wasi");
  } finally {
    process.emitWarning = emit;
  }
}
