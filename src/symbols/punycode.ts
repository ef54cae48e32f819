const base = 36;
const minThreshold = 1;
const maxThreshold = 26;

/** Decodes Punycode (RFC 3492, section 6.2), or returns undefined when the digits make no sense. */
export function decodePunycode(ascii: string, digits: string): string | undefined {
  const points = Array.from(ascii, (character) => character.charCodeAt(0));
  let point = 128;
  let index = 0;
  let bias = 72;
  for (let position = 0; position < digits.length;) {
    const before = index;
    let weight = 1;
    for (let k = base; ; k += base) {
      const digit = digitValue(digits.charCodeAt(position++));
      if (digit === undefined) return undefined;
      index += digit * weight;
      const threshold = Math.min(Math.max(k - bias, minThreshold), maxThreshold);
      if (digit < threshold) break;
      weight *= base - threshold;
      if (weight > 2 ** 40) return undefined;
    }
    const length = points.length + 1;
    bias = adapt(index - before, length, before === 0);
    point += Math.floor(index / length);
    index %= length;
    if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return undefined;
    points.splice(index++, 0, point);
  }
  return String.fromCodePoint(...points);
}

function digitValue(code: number): number | undefined {
  if (code >= 97 && code <= 122) return code - 97;
  return code >= 48 && code <= 57 ? code - 48 + 26 : undefined;
}

function adapt(delta: number, length: number, first: boolean): number {
  let rest = Math.floor(delta / (first ? 700 : 2));
  rest += Math.floor(rest / length);
  let k = 0;
  for (; rest > ((base - minThreshold) * maxThreshold) / 2; k += base) {
    rest = Math.floor(rest / (base - minThreshold));
  }
  return k + Math.floor(((base - minThreshold + 1) * rest) / (rest + 38));
}
