import type { Writable } from "node:stream";

/**
 * Makes a function that writes to a standard stream, which is opened at the first use. What nobody reads any
 * more (`wasmscope … | head -1`) is dropped; of any other failure `failed` is told, once.
 */
export function lazyWriter(
  open: () => Writable,
  failed: (error: Error) => void = () => {},
): (text: string) => void {
  let stream: Writable | undefined;
  let broken = false;
  const begin = (): Writable =>
    open().on("error", (error: NodeJS.ErrnoException) => {
      if (!broken && error.code !== "EPIPE") failed(error);
      broken = true;
    });
  return (text) => {
    stream ??= begin();
    if (!broken) stream.write(text);
  };
}
