import { realpathSync } from "node:fs";
import { fileFunctions } from "./file-functions.ts";
import type { WasiFunction } from "./file-functions.ts";
import { DescriptorTable, streamDescriptor } from "./guest.ts";
import { GuestMemory } from "./memory.ts";
import { errnoOf, right } from "./numbers.ts";
import { pathFunctions } from "./path-functions.ts";
import { systemFunctions } from "./system-functions.ts";

/** What a guest is given. */
export interface WasiOptions {
  /** The program's name, and its arguments. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly dirs: readonly { readonly host: string; readonly guest: string }[];
  /** This process's descriptors that are the guest's 0, 1 and 2. */
  readonly stdio: readonly [stdin: number, stdout: number, stderr: number];
}

/** WASI preview1 for one guest. */
export interface Wasi {
  /** Its functions, `proc_exit` apart, which whoever runs the guest adds. */
  readonly functions: Readonly<Record<string, (...args: never[]) => number>>;
  /** Says which memory is the guest's, before it runs. */
  bind(memory: WebAssembly.Memory): void;
  /** Closes the files that the guest has left open; its streams are not ours. */
  closeFiles(): void;
}

/**
 * Makes WASI preview1 out of `node:fs`, for runtimes of JavaScript whose own one is missing or not whole. Throws what
 * the system says when a folder cannot be opened.
 */
export function createWasi({ args, env, dirs, stdio }: WasiOptions): Wasi {
  const table = new DescriptorTable();
  for (const fd of stdio) table.add(streamDescriptor(fd));
  for (const { host, guest } of dirs) {
    const root = realpathSync(host);
    const rights = { rights: right.all, inheriting: right.all };
    table.add({ folder: root, root, name: guest, ...rights });
  }
  const memory = new GuestMemory();
  const guest = { args, env, memory, table };
  const all = { ...systemFunctions(guest), ...fileFunctions(guest), ...pathFunctions(guest) };
  const functions = Object.fromEntries(
    Object.entries(all).map(([name, run]) => [name, withErrno(run)]),
  );
  return { functions, bind: (own) => memory.bind(own), closeFiles: () => table.closeAll() };
}

function withErrno(run: WasiFunction): (...args: never[]) => number {
  return (...args) => {
    try {
      return run(...args) ?? 0;
    } catch (error) {
      return errnoOf(error);
    }
  };
}
