import { setFlagsFromString } from "node:v8";
import { WASI } from "node:wasi";
import { root } from "../root.ts";

/** What a WASI command did. */
export interface Run {
  readonly exitCode: number;
  readonly stdout: string;
  readonly exports: WebAssembly.Exports;
}

// Without this a collection inside one of V8's fast calls destroys node:wasi's object during its own call.
setFlagsFromString("--no-turbo-fast-api-calls");

const succeeded = 0;

/** Runs a WASI command in this process and keeps what it prints. It sees the package's folder as `.`. */
export function runWasi(
  bytes: Uint8Array,
  args: readonly string[],
  more: WebAssembly.Imports = {},
  onInstance: (exports: WebAssembly.Exports) => void = () => {},
): Run {
  const wasi = new WASI({
    version: "preview1",
    args: ["guest", ...args],
    preopens: { ".": root },
    returnOnExit: true,
  });
  const output: Uint8Array[] = [];
  const memory = (): ArrayBuffer => (instance.exports["memory"] as WebAssembly.Memory).buffer;
  const own = wasi.wasiImport as Record<string, (...args: unknown[]) => unknown>;
  const fd_write = (fd: number, list: number, count: number, written: number): unknown => {
    if (fd !== 1) return own["fd_write"]!(fd, list, count, written);
    const view = new DataView(memory());
    let total = 0;
    for (let at = list >>> 0; at < (list >>> 0) + count * 8; at += 8) {
      const [start, length] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
      output.push(new Uint8Array(memory().slice(start, start + length)));
      total += length;
    }
    view.setUint32(written, total, true);
    return succeeded;
  };
  const module = new WebAssembly.Module(Uint8Array.from(bytes));
  const instance: WebAssembly.Instance = new WebAssembly.Instance(module, {
    wasi_snapshot_preview1: { ...own, fd_write } as WebAssembly.ModuleImports,
    ...more,
  });
  onInstance(instance.exports);
  const exitCode = wasi.start(instance);
  return { exitCode, stdout: Buffer.concat(output).toString(), exports: instance.exports };
}
