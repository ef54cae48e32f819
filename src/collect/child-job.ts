import { spawn } from "node:child_process";

/**
 * Runs a script of Node's in a process of its own, without output, and gives what it writes to its file descriptor 3;
 * an empty text when it fails.
 *
 * @param script Path of the script, which gets the job as JSON in its first argument.
 * @param stdin A descriptor that becomes its standard input; it has none otherwise.
 */
export function answerOfChild(script: string, job: object, stdin?: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, JSON.stringify(job)], {
      stdio: [stdin ?? "ignore", "ignore", "ignore", "pipe"],
    });
    let text = "";
    child.stdio[3]!.on("data", (chunk: Buffer) => (text += chunk.toString()));
    child.on("error", reject);
    child.on("close", () => resolve(text));
  });
}
