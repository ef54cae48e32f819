/** Says that a line of a symbol map is not `index:name`. */
export class SymbolMapError extends Error {
  /** Number of the line, counted from 1. */
  readonly line: number;

  constructor(what: string, line: number) {
    super(`symbol map, line ${line}: ${what}`);
    this.name = "SymbolMapError";
    this.line = line;
  }
}

/** Characters of a line that an error shows: a line of what is no text can be long. */
const mostShown = 60;

/**
 * Reads the text that Emscripten's `--emit-symbol-map` writes beside a module whose names it strips: lines
 * `index:name`, where the name has `\xx` for each byte that WebAssembly's text format does not allow in a
 * name. Returns the names by function index; throws a {@link SymbolMapError} for a line of another form.
 */
export function parseSymbolMap(text: string): Map<number, string> {
  const names = new Map<number, string>();
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (line === "") continue;
    const [, digits, name] = /^([0-9]+):(.*)$/.exec(line) ?? [];
    if (digits === undefined || name === undefined) {
      throw new SymbolMapError(
        `expected "index:name", found ${JSON.stringify(line.slice(0, mostShown))}`,
        at + 1,
      );
    }
    const index = Number(digits);
    if (index > 0xffffffff) throw new SymbolMapError(`index ${digits} is too large`, at + 1);
    if (names.has(index)) throw new SymbolMapError(`index ${index} is named twice`, at + 1);
    names.set(index, unescapeBytes(name));
  }
  return names;
}

/** Replaces runs of `\xx` by the characters whose UTF-8 bytes they are. */
function unescapeBytes(name: string): string {
  return name.replace(/(?:\\[0-9a-fA-F]{2})+/g, (run) => {
    const bytes = run
      .split("\\")
      .slice(1)
      .map((digits) => Number.parseInt(digits, 16));
    return new TextDecoder().decode(Uint8Array.from(bytes));
  });
}
