import { createWasi } from "../wasi-js/index.ts";
import { HostError } from "./engine.ts";
import type { WasiProvider } from "./wasi-provider.ts";

/** Gives guests the WASI of this package, which Bun and Deno both run. */
export const ownWasi: WasiProvider = ({ version, stdin, stdout, stderr, ...given }) => {
  if (version === "unstable") {
    throw new HostError("unsupported", "WASI before preview1 (wasi_unstable) is for Node only");
  }
  const wasi = createWasi({ ...given, stdio: [stdin, stdout, stderr] });
  return {
    imports: wasi.functions,
    start(memory, main) {
      if (memory !== undefined) wasi.bind(memory);
      try {
        main();
      } finally {
        wasi.closeFiles();
      }
    },
  };
};
