import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../root.ts";
import { runInNode } from "../workloads/run-in-node.ts";

/** The host module as it is committed. */
const hostFile = join(root, "hosts/wasmscope-host.wasm");

/** What a run has printed and how it ended. */
export interface Run {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the host module with arguments; the folder is given as `/`. */
export type RunHost = (args: readonly string[], folder: string, stdin?: string) => Run;

const onNode: RunHost = (args, folder, stdin = "") => {
  const { exitCode, stdout, stderr } = runInNode(hostFile, {
    args,
    dirs: [[folder, "/"]],
    stdin: Buffer.from(stdin),
  });
  return { exitCode, stdout: stdout.toString("latin1"), stderr };
};

let compiled: string | undefined;

// Compiled once: the module is started a hundred times.
function compiledHost(): string {
  if (compiled !== undefined) return compiled;
  const folder = mkdtempSync(join(tmpdir(), "hosted-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  compiled = join(folder, "host.cwasm");
  const { status, stderr } = spawnSync("wasmtime", ["compile", "-o", compiled, hostFile]);
  if (status !== 0) throw new Error(stderr.toString());
  return compiled;
}

const onWasmtime: RunHost = (args, folder, input = "") => {
  const command = ["run", "--allow-precompiled", "--dir", `${folder}::/`, compiledHost(), ...args];
  const { status, stdout, stderr } = spawnSync("wasmtime", command, { encoding: "latin1", input });
  return { exitCode: status ?? -1, stdout, stderr };
};

/** The hosts that are present, by name; Node always is. */
export const hosts: ReadonlyMap<string, RunHost> = new Map([
  ["node", onNode],
  ...(spawnSync("wasmtime", ["--version"]).status === 0 ? [["wasmtime", onWasmtime] as const] : []),
]);

/** Calls with a new folder, which is taken away behind. */
export function inFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "hosted-"));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
