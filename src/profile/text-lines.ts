/** Yields lines one by one, since a whole file may be longer than a string can be. */
export function* linesOf(bytes: Uint8Array): Generator<string> {
  const decoder = new TextDecoder();
  for (let start = 0; start < bytes.length;) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline === -1 ? bytes.length : newline;
    const line = decoder.decode(bytes.subarray(start, end));
    yield line.endsWith("\r") ? line.slice(0, -1) : line;
    start = end + 1;
  }
}
