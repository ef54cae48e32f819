import type { Reader } from "./rust-reader.ts";
import type { Rules } from "./rust-rules.ts";

/** Reads a constant. Outside of a value, anything but a literal is written in braces. */
export function readConst(reader: Reader, rules: Rules, inValue: boolean): string {
  const tag = reader.next();
  switch (tag) {
    case "p":
      return "_";
    case "h":
    case "t":
    case "m":
    case "y":
    case "o":
    case "j":
      return readUnsigned(reader);
    case "a":
    case "s":
    case "l":
    case "x":
    case "n":
    case "i":
      return (reader.take("n") ? "-" : "") + readUnsigned(reader);
    case "b":
      return readBool(reader);
    case "c":
      return readChar(reader);
    case "B":
      return reader.backReference(rules.start, () => rules.constant(reader, inValue));
    case "R":
      if (reader.take("e")) return readString(reader);
      break;
    default:
      break;
  }
  const text = readCompound(reader, rules, tag);
  return inValue ? text : `{${text}}`;
}

function readCompound(reader: Reader, rules: Rules, tag: string): string {
  const item = (): string => rules.constant(reader, true);
  switch (tag) {
    case "e":
      // A literal is a reference; `str` itself is what it refers to.
      return `*${readString(reader)}`;
    case "R":
      return `&${item()}`;
    case "Q":
      return `&mut ${item()}`;
    case "A":
      return `[${reader.listToEnd(item).join(", ")}]`;
    case "T":
      return tuple(reader.listToEnd(item));
    case "V":
      return readVariant(reader, rules, item);
    default:
      return reader.fail();
  }
}

/** Writes a tuple; one of one element needs a comma. */
export function tuple(items: readonly string[]): string {
  return items.length === 1 ? `(${items[0]},)` : `(${items.join(", ")})`;
}

/** Reads a struct's or a variant's value: of a unit, a tuple or named fields. */
function readVariant(reader: Reader, rules: Rules, item: () => string): string {
  const path = rules.path(reader, true);
  switch (reader.next()) {
    case "U":
      return path;
    case "T":
      return `${path}(${reader.listToEnd(item).join(", ")})`;
    case "S": {
      const fields = reader.listToEnd(() => {
        const { name } = reader.identifier();
        return `${name}: ${item()}`;
      });
      return `${path} { ${fields.join(", ")} }`;
    }
    default:
      return reader.fail();
  }
}

/** Reads a number: decimal if it has 64 bits or fewer, else hexadecimal. */
function readUnsigned(reader: Reader): string {
  const digits = reader.hexadecimal();
  const significant = digits.replace(/^0+/, "");
  return significant.length > 16 ? `0x${digits}` : String(BigInt(`0x${significant || "0"}`));
}

function readBool(reader: Reader): string {
  const digits = reader.hexadecimal().replace(/^0+/, "");
  if (digits === "") return "false";
  return digits === "1" ? "true" : reader.fail();
}

function readChar(reader: Reader): string {
  const digits = reader.hexadecimal().replace(/^0+/, "");
  const value = digits.length > 6 ? Infinity : Number.parseInt(digits || "0", 16);
  if (value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return reader.fail();
  return `'${escape(String.fromCodePoint(value), "'")}'`;
}

/** Reads a string literal: its UTF-8 bytes in hexadecimal. */
function readString(reader: Reader): string {
  const digits = reader.hexadecimal();
  if (digits.length % 2 !== 0) reader.fail();
  const bytes = Uint8Array.from({ length: digits.length / 2 }, (_, index) =>
    Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16),
  );
  const text = decodeUtf8(bytes) ?? reader.fail();
  return `"${Array.from(text, (character) => escape(character, '"')).join("")}"`;
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

const escapes: Readonly<Record<string, string>> = {
  "\0": "\\0",
  "\t": "\\t",
  "\r": "\\r",
  "\n": "\\n",
  "\\": "\\\\",
};

/** Escapes a character as Rust's `{:?}` does: the quote, and what cannot be seen. */
function escape(character: string, quote: string): string {
  if (character === quote) return `\\${quote}`;
  const short = escapes[character];
  if (short !== undefined) return short;
  // Combining marks, controls, separators and unassigned characters do not show by themselves.
  if (character === " " || !/[\p{M}\p{C}\p{Z}]/u.test(character)) return character;
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
