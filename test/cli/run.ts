import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "../../src/cli/main.ts";
import { root } from "../root.ts";

/** What a command printed and how it ended. */
export interface Printed {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The tool, compiled. */
export const script: string = join(root, ".build", "src", "cli", "main.js");

/** Runs the tool in a process of its own, as users do: guests use that process's streams. */
export function spawnTool(
  args: readonly string[],
  options: { readonly input?: string; readonly cwd?: string } = {},
): Printed {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    ...options,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  return { code: status, stdout, stderr };
}

/** Runs the tool in a process of its own while this one goes on: for tools that talk to a server in it. */
export async function spawnToolLater(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Printed> {
  const tool = spawn(process.execPath, [script, ...args], { env: { ...process.env, ...env } });
  let [stdout, stderr] = ["", ""];
  tool.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString("utf8")));
  tool.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")));
  const code = await new Promise<number | null>((resolve) => {
    tool.on("close", resolve);
  });
  return { code, stdout, stderr };
}

/** Runs the tool in this process: for commands that run no guest. */
export async function callTool(...args: string[]): Promise<Printed> {
  let [stdout, stderr] = ["", ""];
  const code = await main(args, {
    stdout: (text) => void (stdout += text),
    stderr: (text) => void (stderr += text),
    stderrIsTerminal: false,
    width: 100,
    env: {},
    now: () => 0,
  });
  return { code, stdout, stderr };
}

/** Runs something with a folder that is gone afterwards. */
export async function inFolder<T>(run: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "wasmscope-cli-"));
  try {
    return await run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
