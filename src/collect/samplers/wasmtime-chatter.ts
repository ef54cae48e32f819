/**
 * Makes a function that lets through what wasmtime and its guest write to stderr, but for what wasmtime says of the
 * profile that it wrote to `file`, which is ours and soon gone. The end is told by an empty chunk.
 */
export function withoutChatter(
  file: string,
  write: (bytes: Uint8Array) => void,
): (chunk: Uint8Array) => void {
  const mark = Buffer.from(`\nProfile written to: ${file}\n`);
  let held: Uint8Array = new Uint8Array();
  let found = false;
  return (chunk) => {
    // It is the last that wasmtime writes.
    if (found) return;
    const text = Buffer.concat([held, chunk]);
    const at = text.indexOf(mark);
    found = at >= 0;
    const end = found ? at : chunk.length === 0 ? text.length : text.length - overlap(text, mark);
    held = text.subarray(end);
    if (end > 0) write(text.subarray(0, end));
  };
}

/** Returns how many bytes at the end of `text` may be the start of `mark`. */
function overlap(text: Buffer, mark: Buffer): number {
  for (let length = Math.min(text.length, mark.length); length > 0; length--) {
    if (text.subarray(text.length - length).equals(mark.subarray(0, length))) return length;
  }
  return 0;
}
