/**
 * Makes every later compilation of `original` in this process compile `replacement` instead, so that a package's own
 * JavaScript runs the instrumented module unchanged. Returns how often that happened.
 */
export function substituteModule(
  original: Uint8Array,
  replacement: Uint8Array<ArrayBuffer>,
): () => number {
  let count = 0;
  const choose = (source: BufferSource): BufferSource => {
    const bytes = ArrayBuffer.isView(source)
      ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
      : new Uint8Array(source);
    if (Buffer.compare(bytes, original) !== 0) return source;
    count++;
    return replacement;
  };
  const { Module, compile, instantiate } = WebAssembly;
  WebAssembly.Module = new Proxy(Module, {
    construct: (target, [source]: [BufferSource]) => new target(choose(source)),
  });
  WebAssembly.compile = (source) => compile(choose(source));
  const instantiateAny = (
    source: BufferSource | WebAssembly.Module,
    imports?: WebAssembly.Imports,
  ): Promise<unknown> =>
    source instanceof Module ? instantiate(source, imports) : instantiate(choose(source), imports);
  Object.assign(WebAssembly, { instantiate: instantiateAny });
  // Streaming compilation needs a response of the right type, which files have not: glue falls back to bytes.
  Reflect.deleteProperty(WebAssembly, "compileStreaming");
  Reflect.deleteProperty(WebAssembly, "instantiateStreaming");
  return () => count;
}
