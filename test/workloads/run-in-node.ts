import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { WASI } from "node:wasi";

// Without this a collection inside one of V8's fast calls destroys node:wasi's object during its own call.
setFlagsFromString("--no-turbo-fast-api-calls");

/** What a command is given; `work` stands for a new folder. */
interface Given {
  readonly args: readonly string[];
  readonly stdin?: Uint8Array;
  readonly dirs?: readonly (readonly [host: string, guest: string])[];
}

/** How it ended, and what it printed. */
interface Outcome {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs a WASI command in this process with files for its standard streams. */
export function runInNode(file: string, { args, stdin, dirs = [] }: Given): Outcome {
  const folder = mkdtempSync(join(tmpdir(), "workload-"));
  const work = mkdtempSync(join(tmpdir(), "workload-"));
  const [input, output, errors] = ["in", "out", "err"].map((name) => join(folder, name));
  writeFileSync(input!, stdin ?? new Uint8Array());
  const fds = [openSync(input!, "r"), openSync(output!, "w"), openSync(errors!, "w")] as const;
  try {
    const wasi = new WASI({
      version: "preview1",
      args: ["guest", ...args],
      preopens: Object.fromEntries(
        dirs.map(([host, guest]) => [guest, host === "work" ? work : host]),
      ),
      returnOnExit: true,
      stdin: fds[0],
      stdout: fds[1],
      stderr: fds[2],
    });
    const module = new WebAssembly.Module(readFileSync(file));
    const imports = wasi.getImportObject() as WebAssembly.Imports;
    const exitCode = wasi.start(new WebAssembly.Instance(module, imports));
    return { exitCode, stdout: readFileSync(output!), stderr: readFileSync(errors!, "utf8") };
  } finally {
    for (const fd of fds) closeSync(fd);
    for (const used of [folder, work]) rmSync(used, { recursive: true, force: true });
  }
}
