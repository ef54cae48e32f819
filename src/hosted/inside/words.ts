import { extendU, load16u, load8u } from "./machine.ts";
import { sameBytes } from "./module.ts";

// Reads text word by word; words stand between spaces.

/** The word that was read last: its first byte, and behind its last. */
export let wordStart = 0;
export let wordEnd = 0;
let wordsEnd = 0;

/** Begins to read at an address, up to another. */
export function startWords(from: number, to: number): void {
  wordStart = from;
  wordEnd = from;
  wordsEnd = to;
}

/** Goes to the next word; tells whether there is one. */
export function nextWord(): boolean {
  wordStart = wordEnd;
  while (wordStart < wordsEnd && load8u(wordStart, 0) <= 32) wordStart++;
  wordEnd = wordStart;
  while (wordEnd < wordsEnd && load8u(wordEnd, 0) > 32) wordEnd++;
  return wordStart < wordEnd;
}

/** Tells whether the word is a text. */
export function isWord(content: number): boolean {
  return sameBytes(wordStart, wordEnd - wordStart, content + 2, load16u(content, 0));
}

/** Takes a text away from the word's beginning; tells whether it was there. */
export function takePrefix(content: number): boolean {
  const bytes = load16u(content, 0);
  if (wordEnd - wordStart < bytes) return false;
  if (!sameBytes(wordStart, bytes, content + 2, bytes)) return false;
  wordStart += bytes;
  return true;
}

/** Reads the next word up to `byte`, which is skipped, or whole; for names in front of a colon. */
export function splitWord(byte: number): boolean {
  for (let at = wordStart; at < wordEnd; at++) {
    if (load8u(at, 0) === byte) {
      wordStart = at + 1;
      return true;
    }
  }
  return false;
}

/** The number that was read last. */
export let wordNumber = 0n;

function digitOf(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  if (byte >= 97 && byte <= 102) return byte - 87;
  if (byte >= 65 && byte <= 70) return byte - 55;
  return 99;
}

/** Reads the word as a number, decimal or with 0x, with or without a minus; tells whether it is one. */
export function readNumber(): boolean {
  let at = wordStart;
  const negative = at < wordEnd && load8u(at, 0) === 45;
  if (negative) at++;
  let base = 10;
  if (wordEnd - at > 2 && load16u(at, 0) === 0x7830) {
    base = 16;
    at += 2;
  }
  if (at >= wordEnd) return false;
  let value = 0n;
  for (; at < wordEnd; at++) {
    const digit = digitOf(load8u(at, 0));
    if (digit >= base) return false;
    value = value * extendU(base) + extendU(digit);
  }
  wordNumber = negative ? 0n - value : value;
  return true;
}
