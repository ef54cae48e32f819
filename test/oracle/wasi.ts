/** Thrown through the guest by `proc_exit`. */
export class Exit {
  readonly code: number;

  constructor(code: number) {
    this.code = code;
  }
}

/** What a small WASI host is told. */
export interface WasiOptions {
  /** Most bytes that one write takes; the rest must be written again. */
  readonly mostBytes?: number;
  /** Error number of every `fd_write`. */
  readonly writeError?: number;
  /** Descriptor that `path_open` gives, or an error number. */
  readonly open?: { readonly descriptor: number } | { readonly error: number };
}

/** The few WASI functions that a sink calls, with what was written in memory of the host. */
export class SmallWasi {
  /** Text by descriptor. */
  readonly written: Map<number, string> = new Map();
  /** Arguments of `path_open`: the folder's descriptor and the path. */
  readonly opened: [number, string][] = [];
  readonly closed: number[] = [];
  writes = 0;
  memory: WebAssembly.Memory | undefined;
  readonly #options: WasiOptions;

  constructor(options: WasiOptions = {}) {
    this.#options = options;
  }

  get imports(): WebAssembly.Imports {
    return {
      wasi_snapshot_preview1: {
        fd_write: (fd: number, iovecs: number, count: number, written: number): number =>
          this.#write(fd, iovecs, count, written),
        path_open: (...args: number[]): number => this.#open(args),
        fd_close: (fd: number): number => (this.closed.push(fd), 0),
        proc_exit: (code: number): never => {
          throw new Exit(code);
        },
      },
    };
  }

  get #view(): DataView {
    return new DataView(this.memory!.buffer);
  }

  #text(address: number, length: number): string {
    return new TextDecoder().decode(new Uint8Array(this.memory!.buffer, address, length));
  }

  #write(fd: number, iovecs: number, count: number, written: number): number {
    this.writes++;
    const { mostBytes = Infinity, writeError } = this.#options;
    if (writeError !== undefined) return writeError;
    let done = 0;
    for (let nth = 0; nth < count; nth++) {
      const address = this.#view.getUint32(iovecs + nth * 8, true);
      const length = Math.min(this.#view.getUint32(iovecs + nth * 8 + 4, true), mostBytes - done);
      this.written.set(fd, (this.written.get(fd) ?? "") + this.#text(address, length));
      done += length;
    }
    this.#view.setUint32(written, done, true);
    return 0;
  }

  #open(args: readonly number[]): number {
    const [folder, , path, length, , , , , descriptor] = args;
    this.opened.push([folder!, this.#text(path!, length!)]);
    const { open = { descriptor: 7 } } = this.#options;
    if ("error" in open) return open.error;
    this.#view.setUint32(descriptor!, open.descriptor, true);
    return 0;
  }
}
