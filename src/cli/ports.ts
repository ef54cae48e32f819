import { UsageError } from "./command.ts";

/** Reads the number of a port from an option; 0 is any free one. */
export function portOf(text: string, option: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new UsageError(`--${option} wants a number up to 65535, not ${text}`);
  }
  return port;
}

/** Starts a server, and says in a `UsageError` why it cannot have the port. */
export async function onPort<T>(port: number, start: (port: number) => Promise<T>): Promise<T> {
  try {
    return await start(port);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE") throw new UsageError(`port ${port} is taken`);
    if (code === "EACCES") throw new UsageError(`port ${port} is not for every user`);
    throw error;
  }
}
