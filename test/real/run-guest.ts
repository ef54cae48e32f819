// Runs one prepared program in this process: `node run-guest.js ROW.json MODULE.wasm WORKFOLDER`.
// The module may be an instrumented twin of the row's file. Clock and random numbers are made deterministic, so that
// two runs of one module do the same, and any difference between two modules is the rewriting's.
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { setFlagsFromString } from "node:v8";
import { WASI } from "node:wasi";
import { clockPrecisionNs } from "../../src/instrument/index.ts";
import { root } from "../root.ts";
import { type Row, cache } from "./manifest.ts";
import { substituteModule } from "./substitute.ts";

const trapExitCode = 134;

// Without this a collection inside one of V8's fast calls destroys node:wasi's object during its own call.
setFlagsFromString("--no-turbo-fast-api-calls");

type Call = (...args: never[]) => number;

/** Replaces the calls whose answers differ from run to run: random bytes and clocks (one step at each reading). */
function deterministic(
  imports: Readonly<Record<string, Call>>,
  memory: () => WebAssembly.Memory,
): Record<string, Call> {
  let state = 1;
  let now = 1_700_000_000_000_000_000n;
  return {
    ...imports,
    random_get(pointer: number, length: number): number {
      const bytes = new Uint8Array(memory().buffer, pointer >>> 0, length >>> 0);
      for (let i = 0; i < bytes.length; i++)
        bytes[i] = (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24;
      return 0;
    },
    clock_time_get(_clock: number, precision: bigint, pointer: number): number {
      // Wrappers of imports read the clock, too, which the guest must not notice.
      if (precision !== BigInt(clockPrecisionNs)) now += 1_000_000n;
      new DataView(memory().buffer).setBigUint64(pointer >>> 0, now, true);
      return 0;
    },
  };
}

function memoryOf(instance: WebAssembly.Instance): WebAssembly.Memory {
  const { memory } = instance.exports;
  if (memory instanceof WebAssembly.Memory) return memory;
  throw new Error("a WASI command exports its memory");
}

function runCommand(row: Row, bytes: Uint8Array<ArrayBuffer>, work: string): number {
  const host = (folder: string): string => (folder === "work" ? work : join(cache, folder));
  const wasi = new WASI({
    version: "preview1",
    args: [basename(row.file, ".wasm"), ...(row.args ?? [])],
    env: row.env ?? {},
    preopens: Object.fromEntries((row.dirs ?? []).map(([folder, guest]) => [guest, host(folder)])),
    returnOnExit: true,
  });
  const imports = deterministic(wasi.wasiImport, () => memoryOf(instance));
  const module = new WebAssembly.Module(bytes);
  const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: imports });
  try {
    return wasi.start(instance);
  } catch (error) {
    // V8 reports a stack overflow as a RangeError; offsets in the stack would differ, so only the reason is shown.
    if (!(error instanceof WebAssembly.RuntimeError || error instanceof RangeError)) throw error;
    process.stderr.write(`trap: ${error.message}\n`);
    return trapExitCode;
  }
}

const [rowJson = "", modulePath = "", work = ""] = process.argv.slice(2);
const row: Row = JSON.parse(rowJson);
const bytes = new Uint8Array(readFileSync(modulePath));
if (row.driver) {
  const substituted = substituteModule(readFileSync(join(cache, row.file)), bytes);
  process.env["REAL_PACKAGES"] = join(cache, row.packages ?? "");
  process.env["REAL_INPUTS"] = join(cache, "inputs");
  await import(pathToFileURL(join(root, "test/real/drivers", row.driver)).href);
  if (substituted() === 0) throw new Error(`${row.driver} never loaded ${row.file}`);
} else {
  process.exitCode = runCommand(row, bytes, work);
}
