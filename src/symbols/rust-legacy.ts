/** Escapes between dollars, for characters that linkers do not take. */
const escapes: Readonly<Record<string, string>> = {
  SP: "@",
  BP: "*",
  RF: "&",
  LT: "<",
  GT: ">",
  LP: "(",
  RP: ")",
  C: ",",
};

const hash = /^h[0-9a-f]{16}$/;

/**
 * Demangles a name of Rust's older scheme, `_ZN…17h<hash>E`, or returns undefined. The hash, which only
 * keeps versions of a crate apart, is dropped.
 */
export function demangleRustLegacy(name: string): string | undefined {
  const whole = withoutLlvmSuffix(name);
  const path = whole.startsWith("_ZN") ? readParts(whole, 3) : undefined;
  if (path === undefined || !hash.test(path.parts.pop() ?? "") || path.parts.length === 0) {
    return undefined;
  }
  const suffix = whole.slice(path.end);
  if (!isSuffix(suffix)) return undefined;
  return path.parts.map(unescapePart).join("::") + suffix;
}

/** Tells whether what follows a Rust name is something a compiler appends, as `.cold`. */
export function isSuffix(text: string): boolean {
  return /^(?:\.[!-~]*)?$/.test(text);
}

/** Drops `.llvm.<hash>`, which link-time optimisation appends to names it makes global. */
export function withoutLlvmSuffix(name: string): string {
  return name.replace(/\.llvm\.[0-9A-F@]*$/, "");
}

/** Reads `<length> <characters>` up to an `E`. */
function readParts(name: string, start: number): { parts: string[]; end: number } | undefined {
  const parts: string[] = [];
  let position = start;
  while (name[position] !== "E") {
    const digits = /^[0-9]{1,6}/.exec(name.slice(position, position + 6))?.[0];
    if (digits === undefined) return undefined;
    const from = position + digits.length;
    position = from + Number(digits);
    if (position >= name.length) return undefined;
    parts.push(name.slice(from, position));
  }
  return { parts, end: position + 1 };
}

/** Undoes the escapes of one part: `_$LT$impl$u20$Foo$GT$` is `<impl Foo>`. */
function unescapePart(part: string): string {
  let rest = part.startsWith("_$") ? part.slice(1) : part;
  let text = "";
  while (rest !== "") {
    const [taken, written] = readPiece(rest);
    if (written === undefined) return text + rest;
    text += written;
    rest = rest.slice(taken);
  }
  return text;
}

/** Reads an escape, dots, or characters up to either; what is no escape is undefined. */
function readPiece(rest: string): [taken: number, written: string | undefined] {
  if (rest.startsWith("..")) return [2, "::"];
  if (rest.startsWith(".")) return [1, "."];
  if (!rest.startsWith("$")) {
    const end = rest.search(/[.$]/);
    return end < 0 ? [rest.length, rest] : [end, rest.slice(0, end)];
  }
  const end = rest.indexOf("$", 1);
  const code = rest.slice(1, Math.max(end, 1));
  return [end + 1, escapes[code] ?? unicodeEscape(code)];
}

/** Reads `u<lower-case hexadecimal digits>`: a character that is no control character. */
function unicodeEscape(code: string): string | undefined {
  if (!/^u[0-9a-f]{1,6}$/.test(code)) return undefined;
  const value = Number.parseInt(code.slice(1), 16);
  const scalar = value <= 0x10ffff && (value < 0xd800 || value > 0xdfff);
  return scalar && !isControl(value) ? String.fromCodePoint(value) : undefined;
}

function isControl(value: number): boolean {
  return value < 0x20 || (value >= 0x7f && value < 0xa0);
}
