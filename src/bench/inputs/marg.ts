// What a gyroscope, an accelerometer and a magnetometer measure on a body that turns about all axes, with the noise and the
// drift of cheap ones, and the attitude that it really has.
import { between, normal, randomSource, sineOfTurns } from "./random.ts";

type Vector = readonly [number, number, number];
type Quaternion = readonly [w: number, x: number, y: number, z: number];

const rate = 100;
const substeps = 8;

function turned([w, x, y, z]: Quaternion, [p, q, r]: Vector, seconds: number): Quaternion {
  const h = seconds / 2;
  const next = [
    w - h * (x * p + y * q + z * r),
    x + h * (w * p + y * r - z * q),
    y + h * (w * q - x * r + z * p),
    z + h * (w * r + x * q - y * p),
  ];
  const length = Math.sqrt(next.reduce((sum, value) => sum + value * value, 0));
  return next.map((value) => value / length) as unknown as Quaternion;
}

/** Gives a vector of the Earth's frame as the body sees it. */
function seen([w, x, y, z]: Quaternion, [a, b, c]: Vector): number[] {
  const rows: readonly Vector[] = [
    [1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)],
    [2 * (x * y - w * z), 1 - 2 * (x * x + z * z), 2 * (y * z + w * x)],
    [2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)],
  ];
  return rows.map(([i, j, k]) => i * a + j * b + k * c);
}

/** Gives so many samples of a motion as lines of numbers between commas, with a heading. */
export function margFile(count: number, seed: number): Buffer {
  const random = randomSource(seed);
  const motions = [0, 1, 2].map(() =>
    Array.from({ length: 3 }, (): Vector => [
      between(random, 0.1, 0.7),
      between(random, 0.03, 0.4),
      random(),
    ]),
  );
  const rates = (t: number): Vector =>
    motions.map((waves) =>
      waves.reduce((sum, [most, hertz, start]) => sum + most * sineOfTurns(hertz * t + start), 0),
    ) as unknown as Vector;
  const bias = [0, 0, 0].map(() => between(random, -0.02, 0.02));
  const magnetic: Vector = [0.5, 0, -0.8660254];
  let attitude: Quaternion = [1, 0, 0, 0];
  attitude = turned(attitude, [0.8, -0.5, 1.1], 1);
  const lines = ["t,gx,gy,gz,ax,ay,az,mx,my,mz,qw,qx,qy,qz"];
  for (let i = 0; i < count; i++) {
    const t = i / rate;
    if (i > 0)
      for (let k = 0; k < substeps; k++)
        attitude = turned(
          attitude,
          rates(t - (substeps - k - 0.5) / (rate * substeps)),
          1 / (rate * substeps),
        );
    // The gyroscope gives the mean over the time since the sample before.
    const gyroscope = rates(t - 0.5 / rate).map(
      (value, k) => value + bias[k]! + 0.01 * normal(random),
    );
    // Now and then the body is pushed, which feels like gravity from elsewhere.
    const push = Math.floor(t / 3) % 5 === 4 ? 0.08 * sineOfTurns(1.7 * t) : 0;
    const acceleration = seen(attitude, [push, 0, 1]).map((value) => value + 0.02 * normal(random));
    const field = seen(attitude, magnetic).map((value) => value + 0.02 * normal(random));
    lines.push(
      [t, ...gyroscope, ...acceleration, ...field, ...attitude]
        .map((value) => value.toFixed(6))
        .join(","),
    );
  }
  return Buffer.from(`${lines.join("\n")}\n`);
}
