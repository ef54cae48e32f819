// Handwritten digits as strokes that are bent, sheared, turned and drawn with pens of several widths, 28 x 28 pixels as
// MNIST's, in its file format (IDX: a header in big-endian words, then bytes).
import {
  between,
  cosineOfTurns,
  normal,
  type Random,
  randomSource,
  sineOfTurns,
} from "./random.ts";

/** A digit as it was drawn: 28 x 28 pixels, white on black. */
export interface Digit {
  readonly label: number;
  readonly pixels: Uint8Array;
}

type Point = readonly [x: number, y: number];
type Strokes = readonly (readonly Point[])[];

const side = 28;

/** Draws a part of an ellipse, from one angle to another, in degrees clockwise from the right. */
function arc(x: number, y: number, rx: number, ry: number, from: number, to: number): Point[] {
  const steps = Math.ceil(Math.abs(to - from) / 20);
  return Array.from({ length: steps + 1 }, (_, i) => {
    const turns = (from + ((to - from) * i) / steps) / 360;
    return [x + rx * cosineOfTurns(turns), y + ry * sineOfTurns(turns)];
  });
}

/** Cuts straight lines into short ones, so that they can be bent. */
function line(...points: readonly Point[]): Point[] {
  const step = (a: Point, b: Point, i: number): Point => [
    a[0] + ((b[0] - a[0]) * i) / 4,
    a[1] + ((b[1] - a[1]) * i) / 4,
  ];
  const parts = points.slice(1).flatMap((b, k) => [1, 2, 3, 4].map((i) => step(points[k]!, b, i)));
  return [points[0]!, ...parts];
}

/** How each digit may be written: strokes in the unit square, y downwards. */
const shapes: readonly (readonly Strokes[])[] = [
  [[arc(0.5, 0.5, 0.28, 0.42, -90, 270)]],
  [
    [line([0.5, 0.08], [0.5, 0.92])],
    [line([0.32, 0.27], [0.52, 0.08], [0.52, 0.92])],
    [line([0.32, 0.27], [0.52, 0.08], [0.52, 0.92]), line([0.3, 0.92], [0.72, 0.92])],
  ],
  [
    [[...arc(0.5, 0.31, 0.26, 0.23, 190, 390), ...line([0.5, 0.66], [0.24, 0.92], [0.78, 0.92])]],
    [
      [
        ...arc(0.5, 0.3, 0.24, 0.22, 200, 400),
        ...line([0.4, 0.78], [0.3, 0.88]),
        ...arc(0.32, 0.82, 0.09, 0.08, 90, 270),
        ...line([0.4, 0.78], [0.8, 0.92]),
      ],
    ],
  ],
  [
    [[...arc(0.46, 0.29, 0.26, 0.21, -150, 80), ...arc(0.46, 0.71, 0.29, 0.22, -85, 150)]],
    [[...line([0.24, 0.1], [0.72, 0.1], [0.46, 0.42]), ...arc(0.46, 0.68, 0.27, 0.25, -80, 150)]],
  ],
  [
    [line([0.62, 0.92], [0.62, 0.08], [0.2, 0.65], [0.82, 0.65])],
    [line([0.3, 0.1], [0.24, 0.52], [0.74, 0.52]), line([0.68, 0.12], [0.64, 0.92])],
  ],
  [
    [
      line([0.74, 0.1], [0.34, 0.1]),
      [...line([0.34, 0.1], [0.29, 0.48]), ...arc(0.47, 0.67, 0.28, 0.24, -120, 150)],
    ],
  ],
  [
    [[...line([0.68, 0.08], [0.42, 0.33], [0.28, 0.64]), ...arc(0.5, 0.69, 0.23, 0.22, 180, 540)]],
    [[...arc(0.62, 0.5, 0.36, 0.42, -80, -180), ...arc(0.5, 0.69, 0.24, 0.22, 180, 540)]],
  ],
  [
    [line([0.22, 0.1], [0.78, 0.1], [0.42, 0.92])],
    [line([0.22, 0.12], [0.78, 0.1], [0.44, 0.92]), line([0.34, 0.52], [0.72, 0.5])],
  ],
  [
    [arc(0.5, 0.29, 0.21, 0.2, -90, 270), arc(0.5, 0.71, 0.26, 0.21, -90, 270)],
    [[...arc(0.5, 0.28, 0.2, 0.19, -40, -270), ...arc(0.5, 0.7, 0.25, 0.22, -90, 270)]],
  ],
  [
    [[...arc(0.5, 0.31, 0.23, 0.22, 0, 360), ...line([0.73, 0.31], [0.7, 0.6], [0.6, 0.92])]],
    [[...arc(0.48, 0.3, 0.23, 0.21, 0, 360), ...arc(0.38, 0.5, 0.35, 0.42, 0, 100)]],
  ],
];

/** Bends, shears and turns strokes; gives points in pixels. */
function distort(random: Random, strokes: Strokes): Strokes {
  const turns = between(random, -0.04, 0.04);
  const [sine, cosine] = [sineOfTurns(turns), cosineOfTurns(turns)];
  const shear = between(random, -0.3, 0.3);
  const [wide, high] = [between(random, 15, 23), between(random, 17, 23)];
  const [dx, dy] = [between(random, -2, 2), between(random, -2, 2)];
  const [bend, phase, wave] = [between(random, -0.06, 0.06), random(), between(random, 0.4, 1.1)];
  const [bow, start] = [between(random, -0.05, 0.05), random()];
  const place = ([x, y]: Point): Point => {
    const u = x - 0.5 + bend * sineOfTurns(wave * y + phase) + 0.012 * normal(random);
    const v = y - 0.5 + bow * sineOfTurns(wave * x + start) + 0.012 * normal(random);
    const [a, b] = [(u - shear * v) * wide, v * high];
    return [side / 2 + a * cosine - b * sine + dx, side / 2 + a * sine + b * cosine + dy];
  };
  return strokes.map((stroke) => stroke.map(place));
}

function squaredDistance(x: number, y: number, [ax, ay]: Point, [bx, by]: Point): number {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : ((x - ax) * dx + (y - ay) * dy) / length;
  const t = Math.min(1, Math.max(0, along));
  return (x - ax - t * dx) ** 2 + (y - ay - t * dy) ** 2;
}

function draw(random: Random, strokes: Strokes): Uint8Array {
  const pen = between(random, 0.7, 1.7);
  const pixels = new Float64Array(side * side).fill(Infinity);
  const near = (value: number): number => Math.min(side - 1, Math.max(0, Math.round(value)));
  for (const stroke of strokes) {
    for (let i = 1; i < stroke.length; i++) {
      const [a, b] = [stroke[i - 1]!, stroke[i]!];
      const [[ax, ay], [bx, by]] = [a, b];
      for (let y = near(Math.min(ay, by) - 3); y <= near(Math.max(ay, by) + 3); y++)
        for (let x = near(Math.min(ax, bx) - 3); x <= near(Math.max(ax, bx) + 3); x++) {
          const distance = squaredDistance(x + 0.5, y + 0.5, a, b);
          pixels[y * side + x] = Math.min(pixels[y * side + x]!, distance);
        }
    }
  }
  const ink = between(random, 190, 255);
  return Uint8Array.from(pixels, (squared) => {
    const cover = Math.min(1, Math.max(0, pen + 0.5 - Math.sqrt(squared)));
    return Math.min(255, Math.max(0, Math.round(ink * cover + 10 * normal(random))));
  });
}

/**
 * Draws digits; a seed gives the same ones again. `scripts/train-lenet.mjs` learns from them.
 * @public
 */
export function digits(count: number, seed: number): Digit[] {
  const random = randomSource(seed);
  return Array.from({ length: count }, () => {
    const label = Math.floor(random() * 10);
    const ways = shapes[label]!;
    const strokes = ways[Math.floor(random() * ways.length)]!;
    return { label, pixels: draw(random, distort(random, strokes)) };
  });
}

function header(type: number, ...sizes: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 + 4 * sizes.length);
  bytes.writeUInt32BE(0x800 + type, 0);
  for (const [i, size] of sizes.entries()) bytes.writeUInt32BE(size, 4 + 4 * i);
  return bytes;
}

/** Gives digits as MNIST's two files, images and labels, one behind the other. */
export function digitsFile(count: number, seed: number): Buffer {
  const drawn = digits(count, seed);
  const images = drawn.map(({ pixels }) => pixels);
  const labels = Uint8Array.from(drawn, ({ label }) => label);
  return Buffer.concat([header(3, count, side, side), ...images, header(1, count), labels]);
}
