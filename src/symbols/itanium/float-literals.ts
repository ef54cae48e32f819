/** Sizes of the formats by mangled type and number of hexadecimal digits. */
interface Format {
  readonly exponentBits: number;
  /** Bits after the leading one, which the 80-bit format alone writes down. */
  readonly fractionBits: number;
  readonly explicitOne: boolean;
  readonly suffix: string;
}

const formats: Readonly<Record<string, Format>> = {
  f8: { exponentBits: 8, fractionBits: 23, explicitOne: false, suffix: "f" },
  d16: { exponentBits: 11, fractionBits: 52, explicitOne: false, suffix: "" },
  // `long double` has 80 bits on x86, 128 in Wasm, 64 on some machines.
  e16: { exponentBits: 11, fractionBits: 52, explicitOne: false, suffix: "L" },
  e20: { exponentBits: 15, fractionBits: 63, explicitOne: true, suffix: "L" },
  e32: { exponentBits: 15, fractionBits: 112, explicitOne: false, suffix: "L" },
};

/**
 * Writes the bits of a floating-point template argument, given as hexadecimal digits, as C's `%a` does
 * (`0x1.8p+1`). Returns undefined when they are not digits of a known format.
 */
export function floatLiteral(digits: string, type: "f" | "d" | "e"): string | undefined {
  const format = formats[`${type}${digits.length}`];
  if (format === undefined || !/^[0-9a-f]+$/.test(digits)) return undefined;
  const { exponentBits, fractionBits, explicitOne, suffix } = format;
  const bits = BigInt(`0x${digits}`);
  const oneBits = explicitOne ? 1 : 0;
  const field = BigInt.asUintN(exponentBits, bits >> BigInt(fractionBits + oneBits));
  const significand = BigInt.asUintN(fractionBits + oneBits, bits);
  const fraction = BigInt.asUintN(fractionBits, bits);
  const sign = bits >> BigInt(fractionBits + oneBits + exponentBits) === 0n ? "" : "-";
  const biased = Number(field);
  const bias = 2 ** (exponentBits - 1) - 1;
  if (biased === 2 * bias + 1) return `${sign}${fraction === 0n ? "inf" : "nan"}${suffix}`;
  if (significand === 0n && biased === 0) return `${sign}0x0p+0${suffix}`;
  const written = explicitOne
    ? // Four bits stand before the point, so that the digits of the format are kept.
      { digits: significand, width: 16, exponent: Math.max(biased, 1) - bias - 3 }
    : normalized(biased, fraction, fractionBits, bias);
  return `${sign}0x${hexadecimal(written.digits, written.width)}p${signed(written.exponent)}${suffix}`;
}

/** Shifts a subnormal number up to a leading one, and pads the fraction to whole hexadecimal digits. */
function normalized(
  biased: number,
  fraction: bigint,
  fractionBits: number,
  bias: number,
): { digits: bigint; width: number; exponent: number } {
  const shift = biased === 0 ? fractionBits + 1 - fraction.toString(2).length : 0;
  const one = 1n << BigInt(fractionBits);
  const whole = biased === 0 ? fraction << BigInt(shift) : fraction | one;
  const width = Math.ceil(fractionBits / 4);
  const exponent = biased === 0 ? 1 - bias - shift : biased - bias;
  return { digits: whole << BigInt(width * 4 - fractionBits), width: width + 1, exponent };
}

function hexadecimal(digits: bigint, width: number): string {
  const all = digits.toString(16).padStart(width, "0");
  const rest = all.slice(1).replace(/0+$/, "");
  return rest === "" ? all.slice(0, 1) : `${all.slice(0, 1)}.${rest}`;
}

function signed(value: number): string {
  return value < 0 ? String(value) : `+${value}`;
}
