/** FNV-1a: short, and spreads names that differ in one letter. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  // Its low bits alone are good; fold the high ones in.
  return (value ^ (value >>> 15)) >>> 0;
}

/** Returns the part of a name that its relatives share: the crate, class or package in front. */
function family(name: string): string {
  const match = /^[^A-Za-z_]*([\w$]+)(?=::|\.|\/|#)/.exec(name);
  return match?.[1] ?? name;
}

/**
 * Returns the colour of a function's box, `#rrggbb`: the hue from the namespace and the shade from
 * the whole name. All are light enough for dark text, or dark enough for light text (contrast above 7).
 */
export function boxColour(name: string, page: "light" | "dark" = "light"): string {
  const hue = (hash(family(name)) % 360) + (hash(name) % 17) - 8;
  const shade = hash(`${name}.`);
  const lightness = page === "light" ? 0.815 : 0.345;
  return oklch(lightness + (shade % 100) / 1400, 0.062 + ((shade >>> 8) % 100) / 3300, hue);
}

/** Converts lightness, chroma and hue in degrees, in which equal lightness looks equally light (Ottosson 2020). */
function oklch(lightness: number, chroma: number, hue: number): string {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return `#${[
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ]
    .map(channel)
    .join("")}`;
}

function channel(linear: number): string {
  const clamped = Math.min(1, Math.max(0, linear));
  const value = clamped <= 0.0031308 ? 12.92 * clamped : 1.055 * clamped ** (1 / 2.4) - 0.055;
  return Math.round(value * 255)
    .toString(16)
    .padStart(2, "0");
}
