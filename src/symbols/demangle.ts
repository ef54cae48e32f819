import { demangleItanium } from "./itanium/index.ts";
import { demangleRustLegacy } from "./rust-legacy.ts";
import { demangleRustV0 } from "./rust-v0.ts";

/** Longer names are not worth reading: the longest met in libraries has 4,000 characters. */
const maxLength = 1 << 16;

/**
 * Returns the name that a programmer gave a function: undoes the mangling of C++ (the Itanium ABI) and
 * Rust (the older scheme and v0), also behind one more underscore (`__ZN`). Suffixes that compilers append
 * stay, in parentheses after C++ names (`f() (.cold)`). Rust's hashes are dropped. Any other name, Go's,
 * Swift's and AssemblyScript's among them, is returned unchanged, and so is a name that would be too long
 * or is nested too deeply. Never throws.
 */
export function demangle(name: string): string {
  if (name.length > maxLength) return name;
  const mangled = name.startsWith("__Z") || name.startsWith("__R") ? name.slice(1) : name;
  if (mangled.startsWith("_R")) return demangleRustV0(mangled) ?? name;
  if (mangled.startsWith("_Z") || mangled.startsWith("___Z")) return demangleZ(mangled) ?? name;
  return name;
}

function demangleZ(name: string): string | undefined {
  // Lengths in a mangled name count bytes: work on one character a byte.
  const ascii = isAscii(name);
  const bytes = ascii ? name : toByteString(name);
  const text = demangleRustLegacy(bytes) ?? demangleItanium(bytes);
  if (text === undefined) return undefined;
  // The test also flattens the string, which was put together from thousands of pieces.
  return isAscii(text) || ascii ? text : fromByteString(text);
}

function isAscii(text: string): boolean {
  return !/[\u0080-\uffff]/.test(text);
}

function toByteString(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
}

function fromByteString(text: string): string {
  return new TextDecoder().decode(Uint8Array.from(text, (character) => character.charCodeAt(0)));
}
