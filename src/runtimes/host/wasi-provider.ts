/** A way to give guests WASI in an engine of JavaScript: Node's own, or another where there is none that works. */
export type WasiProvider = (job: WasiJob) => WasiGuest;

/** What a guest is given; descriptors are this process's. */
export interface WasiJob {
  readonly version: "preview1" | "unstable";
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly dirs: readonly { readonly host: string; readonly guest: string }[];
  readonly stdin: number;
  readonly stdout: number;
  readonly stderr: number;
}

/** WASI for one instance. A guest that exits throws what `exitCodeOf` knows, on the provider's own `proc_exit` too. */
export interface WasiGuest {
  /** The functions of WASI, without `proc_exit`. */
  readonly imports: WebAssembly.ModuleImports;
  /** Tells WASI the guest's memory and runs `main` inside. Throws what the guest throws. */
  start(memory: WebAssembly.Memory | undefined, main: () => void): void;
}
