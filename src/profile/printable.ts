// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROLS = /[\u0000-\u001f\u007f-\u009f]/g;
// Marks that turn the direction of text: a name could make what stands after it read backwards.
const BIDI = /[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const NOT_XML = /[\ufffe\uffff]/g;
const LONE_SURROGATES = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/**
 * Makes a name safe to show in a terminal and in XML: control characters become their pictures
 * (`␛`), and whatever has none U+FFFD.
 */
export function printable(name: string): string {
  return name
    .replaceAll(CONTROLS, (character) => {
      const code = character.charCodeAt(0);
      if (code === 0x7f) return "\u2421";
      return code < 0x20 ? String.fromCharCode(0x2400 + code) : "\ufffd";
    })
    .replaceAll(BIDI, "\ufffd")
    .replaceAll(NOT_XML, "\ufffd")
    .replaceAll(LONE_SURROGATES, "\ufffd");
}

/** Returns the columns a character takes in a monospaced font: two for East Asian ones and emoji, none for marks. */
function columnsOf(character: string): number {
  const code = character.codePointAt(0)!;
  if (code < 0x300) return 1;
  if (/^(?:\p{Mark}|[\u200b-\u200d])$/u.test(character)) return 0;
  const wide =
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd);
  return wide ? 2 : 1;
}

/** Returns the columns a text takes in a monospaced font. */
export function textColumns(text: string): number {
  let columns = 0;
  for (const character of text) columns += columnsOf(character);
  return columns;
}

/** Returns the last part of a name without its namespaces: `push` of `alloc::vec::Vec<a::T>::push`. */
export function lastPart(name: string): string {
  let depth = 0;
  let start = 0;
  for (let index = 0; index < name.length; index++) {
    const character = name[index]!;
    if ("<({[".includes(character)) depth++;
    else if (">)}]".includes(character)) depth = Math.max(0, depth - 1);
    else if (depth > 0) continue;
    else if (name.startsWith("::", index)) start = index + 2;
    else if (character === "." || character === "/") start = index + 1;
  }
  return name.slice(start) || name;
}

/** Returns as many of the first characters as fit, and `…` when that is not all; "" below two columns. */
export function clipEnd(text: string, columns: number): string {
  if (textColumns(text) <= columns) return text;
  return columns < 2 ? "" : `${take(Array.from(text), columns - 1).join("")}…`;
}

/** Shortens a text in the middle: both the namespace and the function's own name say something. */
export function clipMiddle(text: string, columns: number): string {
  if (textColumns(text) <= columns) return text;
  if (columns < 1) return "";
  const tail = Math.ceil((columns - 1) / 2);
  const characters = Array.from(text);
  const start = take(characters, columns - 1 - tail);
  const end = take(characters.toReversed(), tail).toReversed();
  return `${start.join("")}…${end.join("")}`;
}

function take(characters: readonly string[], columns: number): string[] {
  let left = columns;
  const end = characters.findIndex((character) => {
    left -= columnsOf(character);
    return left < 0;
  });
  return end === -1 ? [...characters] : characters.slice(0, end);
}
