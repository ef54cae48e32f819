import { loadWasi } from "../in-process/load-wasi.ts";
import type { WasiProvider } from "./wasi-provider.ts";

// Before the host is ready: its first instance shall not pay for it.
const { WASI } = loadWasi();

/** Gives guests Node's own WASI. */
export const nodeWasi: WasiProvider = ({ version, args, env, dirs, stdin, stdout, stderr }) => {
  const preopens = Object.fromEntries(dirs.map(({ host, guest }) => [guest, host]));
  const wasi = new WASI({
    version,
    args: [...args],
    env: { ...env },
    preopens,
    stdin,
    stdout,
    stderr,
    returnOnExit: true,
  });
  return {
    imports: Object.values(wasi.getImportObject() as WebAssembly.Imports)[0]!,
    start(memory = new WebAssembly.Memory({ initial: 0 }), main) {
      wasi.start({ exports: { memory, _start: main } });
    },
  };
};
