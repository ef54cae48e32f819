import {
  closeSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isatty } from "node:tty";

/** Standard input for several runs of a guest: of a terminal each run reads for itself, all else is kept in a file. */
export class KeptInput {
  #folder: string | undefined;
  readonly #open: number[] = [];

  /** Returns a descriptor at the start of the input, or undefined for the process's own. Reads all of it the first time. */
  open(): number | undefined {
    if (isatty(0) || !isOpen(0)) return undefined;
    if (this.#folder === undefined) {
      this.#folder = mkdtempSync(join(tmpdir(), "wasmscope-"));
      writeFileSync(join(this.#folder, "stdin"), readFileSync(0));
    }
    const descriptor = openSync(join(this.#folder, "stdin"), "r");
    this.#open.push(descriptor);
    return descriptor;
  }

  /** Closes all descriptors and forgets the input. */
  close(): void {
    for (const descriptor of this.#open) closeSync(descriptor);
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }
}

function isOpen(descriptor: number): boolean {
  try {
    fstatSync(descriptor);
    return true;
  } catch {
    return false;
  }
}
