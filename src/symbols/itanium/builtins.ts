import { type Node, type StdName, text } from "./nodes.ts";

function texts(rows: Record<string, string>): Record<string, Node> {
  return Object.fromEntries(Object.entries(rows).map(([code, name]) => [code, text(name)]));
}

/** The builtin types of one letter. They are never the target of a substitution. */
export const builtinTypes: Readonly<Record<string, Node>> = texts({
  v: "void",
  w: "wchar_t",
  b: "bool",
  c: "char",
  a: "signed char",
  h: "unsigned char",
  s: "short",
  t: "unsigned short",
  i: "int",
  j: "unsigned int",
  l: "long",
  m: "unsigned long",
  x: "long long",
  y: "unsigned long long",
  n: "__int128",
  o: "unsigned __int128",
  f: "float",
  d: "double",
  e: "long double",
  g: "__float128",
  z: "...",
});

/** The builtin types of two letters, by the letter after `D`. */
export const builtinTypesD: Readonly<Record<string, Node>> = texts({
  d: "decimal64",
  e: "decimal128",
  f: "decimal32",
  h: "half",
  i: "char32_t",
  s: "char16_t",
  u: "char8_t",
  a: "auto",
  c: "decltype(auto)",
  n: "std::nullptr_t",
});

function std(short: string, base: string, args: string): StdName {
  const full = `std::${base}${args}`;
  return { kind: "std", short: `std::${short}`, full, base };
}

/** The abbreviated names of the standard library, by the letter after `S`. */
export const stdNames: Readonly<Record<string, StdName>> = {
  a: std("allocator", "allocator", ""),
  b: std("basic_string", "basic_string", ""),
  s: std("string", "basic_string", "<char, std::char_traits<char>, std::allocator<char>>"),
  i: std("istream", "basic_istream", "<char, std::char_traits<char>>"),
  o: std("ostream", "basic_ostream", "<char, std::char_traits<char>>"),
  d: std("iostream", "basic_iostream", "<char, std::char_traits<char>>"),
};

/**
 * How a literal of a builtin type is written: a suffix after the number (`3u`), or else a cast before it
 * (`(char)97`).
 */
export const literalSuffixes: Readonly<Record<string, string>> = {
  i: "",
  j: "u",
  l: "l",
  m: "ul",
  x: "ll",
  y: "ull",
};
