import { spawn } from "node:child_process";
import { endWithThis, watchForEnd } from "../../sys/index.ts";
import { InstallError } from "./cache.ts";

/** Where a registry's client runs. */
export interface ClientOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a registry's ordinary client to its end and gives its standard output. Throws an `InstallError` with the end of
 * what it said when it is not there or fails.
 */
export function runClient(
  file: string,
  args: readonly string[],
  { cwd, env }: ClientOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    watchForEnd();
    const child = spawn(file, args, {
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
      env: { ...process.env, ...env },
      ...(cwd === undefined ? {} : { cwd }),
    });
    const forget = child.pid === undefined ? (): void => {} : endWithThis(child.pid);
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-4000)));
    child.once("error", ({ message }) => reject(new InstallError(message)));
    child.once("close", (code, signal) => {
      forget();
      if (code === 0) return resolve(stdout);
      const how = code === null ? `was ended by ${signal}` : `failed with ${code}`;
      reject(new InstallError(`${file} ${args[0] ?? ""} ${how}: ${lastWords(stderr)}`));
    });
  });
}

/** Gives the lines with which a client says what went wrong. */
function lastWords(stderr: string): string {
  const lines = stderr.split("\n").filter((line) => line.trim() !== "");
  const errors = lines.filter((line) => /error/i.test(line));
  return (errors.length > 0 ? errors : lines).slice(-3).join("; ");
}
