// Street scenes in grey with a car and its licence plate, and where the plate is: ground, sky, buildings with windows,
// a car with windscreen, lamps and grille, a sign with letters as a decoy; turned a little, blurred, with noise.
import {
  between,
  cosineOfTurns,
  normal,
  type Random,
  randomSource,
  sineOfTurns,
} from "./random.ts";

/** A drawn scene: a byte a pixel, and the box of its plate in pixels. */
export interface Scene {
  readonly pixels: Uint8Array;
  readonly plate: Readonly<Record<string, number>>;
}

type Pair = readonly [number, number];
type Box = readonly [left: number, top: number, right: number, bottom: number];
/** Gives the grey at a place of a box, both from 0 to 1, or nothing where it stays as it is. */
type Shade = (u: number, v: number) => number | undefined;

/** Characters of five by seven dots, a row after the other. */
const glyphs = {
  A: "01110 10001 10001 11111 10001 10001 10001",
  B: "11110 10001 11110 10001 10001 10001 11110",
  C: "01111 10000 10000 10000 10000 10000 01111",
  E: "11111 10000 10000 11110 10000 10000 11111",
  H: "10001 10001 10001 11111 10001 10001 10001",
  K: "10001 10010 10100 11000 10100 10010 10001",
  M: "10001 11011 10101 10101 10001 10001 10001",
  P: "11110 10001 10001 11110 10000 10000 10000",
  T: "11111 00100 00100 00100 00100 00100 00100",
  X: "10001 01010 00100 00100 00100 01010 10001",
  0: "01110 10001 10011 10101 11001 10001 01110",
  1: "00100 01100 00100 00100 00100 00100 01110",
  2: "01110 10001 00001 00110 01000 10000 11111",
  3: "11110 00001 00001 01110 00001 00001 11110",
  4: "00010 00110 01010 10010 11111 00010 00010",
  5: "11111 10000 11110 00001 00001 10001 01110",
  6: "00110 01000 10000 11110 10001 10001 01110",
  7: "11111 00001 00010 00100 01000 01000 01000",
  8: "01110 10001 10001 01110 10001 10001 01110",
  9: "01110 10001 10001 01111 00001 00010 01100",
};
const dots: Readonly<Record<string, number[][]>> = Object.fromEntries(
  Object.entries(glyphs).map(([name, text]) => [
    name,
    text.split(" ").map((row) => row.split("").map(Number)),
  ]),
);

/** A canvas that things are painted on one over the other, in parts of its width, turned around a point. */
class Canvas {
  readonly width: number;
  readonly height: number;
  turns = 0;
  centre: Pair = [0, 0];
  readonly #values: Float64Array;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.#values = new Float64Array(width * height);
  }

  /** Gives the place of a pixel in parts of the width, as it was before the turn. */
  #place(x: number, y: number): Pair {
    const [cx, cy] = this.centre;
    const [dx, dy] = [(x + 0.5) / this.width - cx, (y + 0.5) / this.width - cy];
    const [sine, cosine] = [sineOfTurns(-this.turns), cosineOfTurns(-this.turns)];
    return [cx + dx * cosine - dy * sine, cy + dx * sine + dy * cosine];
  }

  /** Paints the pixels of a box for which `shade` gives a value. */
  paint([left, top, right, bottom]: Box, shade: Shade): void {
    const reach =
      Math.abs(this.turns) * 6.3 * (Math.abs(right - left) + Math.abs(bottom - top)) + 0.01;
    const from = (value: number, most: number): number =>
      Math.max(0, Math.min(most, Math.floor(value * this.width)));
    for (let y = from(top - reach, this.height); y < from(bottom + reach, this.height); y++) {
      for (let x = from(left - reach, this.width); x < from(right + reach, this.width); x++) {
        const [u, v] = this.#place(x, y);
        if (u < left || u >= right || v < top || v >= bottom) continue;
        const value = shade((u - left) / (right - left), (v - top) / (bottom - top));
        if (value !== undefined) this.#values[y * this.width + x] = value;
      }
    }
  }

  /** Blurs as a lens does, adds noise, and gives bytes. */
  develop(random: Random, noise: number): Uint8Array {
    const { width, height } = this;
    const values = this.#values;
    const at = (x: number, y: number): number =>
      values[Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))]!;
    return Uint8Array.from(values, (value, i) => {
      const [x, y] = [i % width, Math.floor(i / width)];
      const around = at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1);
      const lit = 0.5 * value + 0.125 * around + noise * normal(random);
      return Math.min(255, Math.max(0, Math.round(lit)));
    });
  }
}

function writeText(
  canvas: Canvas,
  text: string,
  [left, top, right, bottom]: Box,
  ink: number,
): void {
  const cell = (right - left) / text.length;
  for (const [i, character] of text.split("").entries()) {
    const start = left + i * cell;
    canvas.paint([start + 0.12 * cell, top, start + 0.88 * cell, bottom], (u, v) =>
      dots[character]![Math.min(6, Math.floor(v * 7))]![Math.min(4, Math.floor(u * 5))] === 1
        ? ink
        : undefined,
    );
  }
}

function paintStreet(canvas: Canvas, random: Random): void {
  const horizon = between(random, 0.18, 0.26);
  const tall = canvas.height / canvas.width;
  const [sky, road] = [between(random, 170, 225), between(random, 80, 120)];
  canvas.paint([0, 0, 1, horizon], (_, v) => sky - 30 * v);
  canvas.paint([0, horizon, 1, tall], (u, v) => road + 25 * v + 4 * sineOfTurns(7 * u + 31 * v));
  for (let x = 0; x < 1;) {
    const wide = between(random, 0.1, 0.22);
    const [wall, window] = [between(random, 90, 180), between(random, 40, 80)];
    const rows = 2 + Math.floor(3 * random());
    canvas.paint([x, between(random, 0.02, 0.1), x + wide, horizon], (u, v) =>
      (u * 4) % 1 > 0.35 && (v * rows) % 1 > 0.5 ? window : wall,
    );
    x += wide;
  }
  // A sign: light letters on dark ground.
  const sign = between(random, 0.05, 0.75);
  canvas.paint([sign, 0.1, sign + 0.16, 0.14], () => 45);
  writeText(canvas, "BAKE8", [sign + 0.01, 0.107, sign + 0.15, 0.133], 190);
}

function paintCar(canvas: Canvas, random: Random, x: number, y: number, size: number): void {
  const colour = between(random, 35, 130);
  const lamp = between(random, 190, 235);
  const box = (left: number, top: number, right: number, bottom: number): Box => [
    x + left * size,
    y + top * size,
    x + right * size,
    y + bottom * size,
  ];
  canvas.paint(box(-0.55, 0.5, 0.55, 0.6), () => 35);
  for (const side of [-1, 1])
    canvas.paint(box(side * 0.42 - 0.09, 0.35, side * 0.42 + 0.09, 0.58), () => 22);
  canvas.paint(box(-0.38, -0.42, 0.38, -0.02), (u, v) =>
    Math.abs(u - 0.5) < 0.35 + 0.15 * v ? colour + 20 : undefined,
  );
  canvas.paint(box(-0.34, -0.36, 0.34, -0.05), (u, v) =>
    Math.abs(u - 0.5) < 0.34 + 0.15 * v ? 45 + 60 * v + 25 * u : undefined,
  );
  canvas.paint(box(-0.52, -0.04, 0.52, 0.5), (u, v) =>
    (u - 0.5) ** 4 * 12 + (v - 0.5) ** 4 * 6 < 0.78 ? colour + 22 - 30 * v : undefined,
  );
  for (const side of [-1, 1])
    canvas.paint(box(side * 0.4 - 0.08, 0.06, side * 0.4 + 0.08, 0.18), (u, v) =>
      (u - 0.5) ** 2 + (v - 0.5) ** 2 < 0.25
        ? lamp - 60 * ((u - 0.5) ** 2 + (v - 0.5) ** 2)
        : undefined,
    );
  canvas.paint(box(-0.26, 0.05, 0.26, 0.18), (_, v) => ((v * 5) % 1 > 0.5 ? 25 : 70));
}

function paintPlate(canvas: Canvas, random: Random, x: number, y: number, wide: number): Pair {
  const high = (wide * 110) / 520;
  const [left, top] = [x - wide / 2, y - high / 2];
  const ground = between(random, 185, 230);
  canvas.paint([left, top, left + wide, top + high], () => 40);
  const rim = 0.012 * wide;
  canvas.paint([left + rim, top + rim, left + wide - rim, top + high - rim], () => ground);
  const names = Object.keys(dots);
  const text = Array.from({ length: 7 }, () => names[Math.floor(random() * names.length)]).join("");
  writeText(
    canvas,
    text,
    [left + 0.05 * wide, top + 0.18 * high, left + 0.95 * wide, top + 0.82 * high],
    between(random, 25, 50),
  );
  return [wide, high];
}

/** Draws a scene; gives its pixels and the box of the plate, `{ x, y, width, height }`. */
export function scene(width: number, height: number, seed: number): Scene {
  const random = randomSource(seed);
  const canvas = new Canvas(width, height);
  paintStreet(canvas, random);
  const size = between(random, 0.5, 0.8);
  const [x, y] = [between(random, 0.42, 0.58), between(random, 0.36, 0.42)];
  canvas.centre = [x, y];
  canvas.turns = between(random, -0.006, 0.006);
  paintCar(canvas, random, x, y, size);
  const plateY = y + 0.34 * size;
  const [wide, high] = paintPlate(canvas, random, x, plateY, between(random, 0.27, 0.33) * size);
  const [sine, cosine] = [sineOfTurns(canvas.turns), cosineOfTurns(canvas.turns)];
  const [cx, cy] = [x - (plateY - y) * sine, y + (plateY - y) * cosine];
  const [across, down] = [
    wide * cosine + Math.abs(high * sine),
    Math.abs(wide * sine) + high * cosine,
  ];
  const truth = { x: cx - across / 2, y: cy - down / 2, width: across, height: down };
  const pixels = canvas.develop(random, between(random, 2, 5));
  return {
    pixels,
    plate: Object.fromEntries(
      Object.entries(truth).map(([key, value]) => [key, Math.round(value * width)]),
    ),
  };
}

/** Draws several scenes. */
export function scenes(count: number, width: number, height: number, seed: number): Scene[] {
  return Array.from({ length: count }, (_, i) => scene(width, height, seed + i));
}

/** Gives images in netpbm's format, one behind the other. */
export function greyFile(drawn: readonly Scene[], width: number, height: number): Buffer {
  const header = Buffer.from(`P5\n${width} ${height}\n255\n`);
  return Buffer.concat(drawn.flatMap(({ pixels }) => [header, pixels]));
}

/** Gives an image in colour, as a camera with a cast sees it. */
export function colourFile({ pixels }: Scene, width: number, height: number): Buffer {
  const bytes = Buffer.alloc(3 * pixels.length);
  for (const [i, value] of pixels.entries()) {
    bytes[3 * i] = Math.min(255, value + 8);
    bytes[3 * i + 1] = value;
    bytes[3 * i + 2] = Math.max(0, value - 12);
  }
  return Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), bytes]);
}
