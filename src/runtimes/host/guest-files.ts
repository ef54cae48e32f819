import { closeSync, openSync } from "node:fs";
import type { RunRequest } from "./protocol.ts";

/** Descriptors of a guest's standard streams. */
export interface GuestFiles {
  readonly stdin: number;
  readonly stdout: number;
  readonly stderr: number;
  close(): void;
}

/** Opens the files of a request; nothing stands for an empty input and output that is thrown away. */
export function openGuestFiles(
  request: Pick<RunRequest, "stdin" | "stdout" | "stderr">,
): GuestFiles {
  const opened: number[] = [];
  const open = (path = "/dev/null", flags: string, own: number): number => {
    if (path === "inherit") return own;
    const descriptor = openSync(path, flags);
    opened.push(descriptor);
    return descriptor;
  };
  return {
    stdin: open(request.stdin, "r", 0),
    stdout: open(request.stdout, "w", 1),
    stderr: open(request.stderr, "w", 2),
    close() {
      for (const descriptor of opened) closeSync(descriptor);
    },
  };
}
