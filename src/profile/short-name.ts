import { clipMiddle, textColumns } from "./printable.ts";

const dots = "…";

/** A bracketed part of a name that is in no other: `text[start]` is the bracket, `text[end - 1]` its partner. */
interface Group {
  readonly start: number;
  readonly end: number;
}

/**
 * Makes a demangled name fit into `width` columns, for tables. A name that fits is returned as it is.
 * From others go, until they fit: what is between a function's parentheses, the type it returns, template
 * arguments, outer scopes, and at last the middle of the function's own name.
 */
export function shortName(name: string, width = 60): string {
  let text = name;
  for (const shorten of [withoutParameters, withoutResult, withoutArguments]) {
    if (textColumns(text) <= width) return text;
    text = shorten(text);
  }
  return cutScopes(text, width);
}

function withoutParameters(text: string): string {
  return replaceGroups(text, "(", () => `(${dots})`);
}

/** What the compiler made for something says so in words, which are no return type. */
const wordsBefore = /^[a-z -]+ (?:for|to) /;

/** Drops what stands before the name of a function: the last space outside of brackets ends it. */
function withoutResult(text: string): string {
  const groups = findGroups(text);
  const open = groups.findLast((group) => text[group.start] === "(")?.start;
  if (open === undefined || wordsBefore.test(text)) return text;
  const operator = text.slice(0, open).search(/\boperator\b/);
  const nameEnd = operator < 0 ? open : operator;
  // Qualifiers of an enclosing function stand inside of the name: `f() const::'lambda'()`.
  const spaces = text.slice(0, nameEnd).matchAll(/(?<!anonymous) (?!const|volatile|&)/g);
  const end = Array.from(spaces, (match) => match.index).findLast((at) => isOutside(groups, at));
  return text.slice(end === undefined ? 0 : end + 1);
}

function isOutside(groups: readonly Group[], at: number): boolean {
  return groups.every((group) => at < group.start || group.end <= at);
}

function withoutArguments(text: string): string {
  return replaceGroups(text, "<", (inside, start) =>
    start === 0 ? `<${splitOutside(inside, " as ").map(lastSegment).join(" as ")}>` : `<${dots}>`,
  );
}

function splitOutside(text: string, separator: string): string[] {
  const groups = findGroups(text);
  const parts: string[] = [];
  let start = 0;
  for (const { index } of text.matchAll(new RegExp(separator, "g"))) {
    if (!isOutside(groups, index)) continue;
    parts.push(text.slice(start, index));
    start = index + separator.length;
  }
  return [...parts, text.slice(start)];
}

/** The last name of a path, without template arguments: in `<a::B<T> as c::D>` both sides are paths. */
function lastSegment(path: string): string {
  const bare = replaceGroups(path, "<", () => `<${dots}>`);
  return bare.slice(scopeEnds(bare).at(-1) ?? 0);
}

/** Drops outer scopes, as few as will do, or cuts the last name in its middle if even that is too long. */
function cutScopes(text: string, width: number): string {
  if (textColumns(text) <= width) return text;
  for (const end of scopeEnds(text)) {
    const rest = `${dots}::${text.slice(end)}`;
    if (textColumns(rest) <= width) return rest;
  }
  return clipMiddle(text.slice(scopeEnds(text).at(-1) ?? 0), width);
}

/** The offsets after each `::` that is in no brackets; those in the type of a conversion do not count. */
function scopeEnds(text: string): number[] {
  const groups = findGroups(text);
  const conversion = text.search(/\boperator /);
  return Array.from(text.matchAll(/::/g), (match) => match.index)
    .filter((at) => isOutside(groups, at) && (conversion < 0 || at < conversion))
    .map((at) => at + 2);
}

function replaceGroups(
  text: string,
  bracket: "(" | "<",
  replacement: (inside: string, start: number) => string,
): string {
  let result = "";
  let copied = 0;
  for (const { start, end } of findGroups(text)) {
    if (text[start] !== bracket || end - start <= 3) continue;
    result += text.slice(copied, start) + replacement(text.slice(start + 1, end - 1), start);
    copied = end;
  }
  return result + text.slice(copied);
}

/** Brackets that are no brackets: parts of operators' names, arrows, fixed texts. */
const noBrackets =
  /operator ?(?:\(\)|<=>|->\*?|<<=?|>>=?|[<>]=?)|->|\(anonymous namespace\)|\(\.[^()]*\)$/y;

const partners: Readonly<Record<string, string>> = { "(": ")", "<": ">", "[": "]", "{": "}" };

/** Finds the outermost brackets; one without a partner counts as text. */
function findGroups(text: string): Group[] {
  const groups: Group[] = [];
  const open: { readonly partner: string; readonly start: number }[] = [];
  for (let at = 0; at < text.length; at++) {
    noBrackets.lastIndex = at;
    const skipped = noBrackets.exec(text);
    if (skipped !== null) {
      at += skipped[0].length - 1;
      continue;
    }
    const letter = text.charAt(at);
    const partner = partners[letter];
    if (partner !== undefined) open.push({ partner, start: at });
    else if (open.at(-1)?.partner === letter) {
      const { start } = open.pop() ?? { start: at };
      // Brackets inside of these are theirs.
      while ((groups.at(-1)?.start ?? -1) > start) groups.pop();
      groups.push({ start, end: at + 1 });
    }
  }
  return groups;
}
