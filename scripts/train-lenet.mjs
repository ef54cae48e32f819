// Trains the digit recogniser and writes its weights: `node scripts/train-lenet.mjs` makes workloads/src/edge/weights.h
// (after `npx tsc -p tsconfig.test.json`; about two minutes; the same file at each run). LeNet-5's layers for 28 x 28 pixels without a border: convolutions of
// 6 and 16 maps of 5 x 5, each followed by a maximum of 2 x 2, then 120, 84 and 10 units; rectified linear units.
// Weights are rounded to 91 steps an output unit, one printable character each.
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compiled } from "./compiled.mjs";

const { digits } = await compiled("bench/inputs/digits");
const { between, randomSource } = await compiled("bench/inputs/random");

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const random = randomSource(2021);

/** A layer with weights: `fan` inputs to each of `units` outputs. */
function layer(units, fan) {
  const bound = Math.sqrt(6 / fan);
  const weights = Float64Array.from({ length: units * fan }, () => between(random, -bound, bound));
  return {
    units,
    fan,
    weights,
    biases: new Float64Array(units),
    gradient: new Float64Array(units * fan),
    biasGradient: new Float64Array(units),
    velocity: new Float64Array(units * fan),
    biasVelocity: new Float64Array(units),
  };
}

const [conv1, conv2, dense1, dense2, dense3] = [
  layer(6, 25),
  layer(16, 150),
  layer(120, 256),
  layer(84, 120),
  layer(10, 84),
];
const layers = { conv1, conv2, dense1, dense2, dense3 };

/** Convolves `maps` planes of `size` x `size` with kernels of 5 x 5; negative sums become 0. */
function convolve({ units, fan, weights, biases }, maps, size, input, output) {
  const out = size - 4;
  for (let unit = 0; unit < units; unit++) {
    for (let y = 0; y < out; y++) {
      for (let x = 0; x < out; x++) {
        let sum = biases[unit];
        let at = unit * fan;
        for (let map = 0; map < maps; map++)
          for (let ky = 0; ky < 5; ky++) {
            const row = map * size * size + (y + ky) * size + x;
            for (let kx = 0; kx < 5; kx++) sum += weights[at++] * input[row + kx];
          }
        output[(unit * out + y) * out + x] = sum > 0 ? sum : 0;
      }
    }
  }
}

function convolveBack(
  { units, fan, weights, gradient, biasGradient },
  maps,
  size,
  input,
  error,
  back,
) {
  const out = size - 4;
  back?.fill(0);
  for (let unit = 0; unit < units; unit++) {
    for (let y = 0; y < out; y++) {
      for (let x = 0; x < out; x++) {
        const wrong = error[(unit * out + y) * out + x];
        if (wrong === 0) continue;
        biasGradient[unit] += wrong;
        let at = unit * fan;
        for (let map = 0; map < maps; map++)
          for (let ky = 0; ky < 5; ky++) {
            const row = map * size * size + (y + ky) * size + x;
            for (let kx = 0; kx < 5; kx++, at++) {
              gradient[at] += wrong * input[row + kx];
              if (back) back[row + kx] += wrong * weights[at];
            }
          }
      }
    }
  }
}

/** Takes the largest of each 2 x 2; notes which it was. */
function pool(maps, size, input, output, which) {
  const half = size / 2;
  for (let i = 0; i < maps * half * half; i++) {
    const map = Math.floor(i / (half * half));
    const at = map * size * size + 2 * Math.floor((i / half) % half) * size + 2 * (i % half);
    let best = at;
    for (const other of [at + 1, at + size, at + size + 1])
      if (input[other] > input[best]) best = other;
    output[i] = input[best];
    which[i] = best;
  }
}

/** Sends errors back to where the largest values came from, past units that were 0. */
function poolBack(which, values, error, back) {
  back.fill(0);
  for (let i = 0; i < which.length; i++) if (values[which[i]] > 0) back[which[i]] = error[i];
}

function connect({ units, fan, weights, biases }, input, output, rectified) {
  for (let unit = 0; unit < units; unit++) {
    let sum = biases[unit];
    for (let i = 0; i < fan; i++) sum += weights[unit * fan + i] * input[i];
    output[unit] = rectified && sum < 0 ? 0 : sum;
  }
}

function connectBack({ units, fan, weights, gradient, biasGradient }, input, error, back) {
  back.fill(0);
  for (let unit = 0; unit < units; unit++) {
    const wrong = error[unit];
    if (wrong === 0) continue;
    biasGradient[unit] += wrong;
    for (let i = 0; i < fan; i++) {
      gradient[unit * fan + i] += wrong * input[i];
      back[i] += wrong * weights[unit * fan + i];
    }
  }
}

const array = (length) => new Float64Array(length);
const [image, maps1, half1, which1] = [array(784), array(3456), array(864), new Int32Array(864)];
const [maps2, half2, which2] = [array(1024), array(256), new Int32Array(256)];
const [units1, units2, scores] = [array(120), array(84), array(10)];
const errors = {
  scores: array(10),
  units2: array(84),
  units1: array(120),
  half2: array(256),
  maps2: array(1024),
  half1: array(864),
  maps1: array(3456),
};

function forward(pixels) {
  for (let i = 0; i < 784; i++) image[i] = pixels[i] / 255;
  convolve(conv1, 1, 28, image, maps1);
  pool(6, 24, maps1, half1, which1);
  convolve(conv2, 6, 12, half1, maps2);
  pool(16, 8, maps2, half2, which2);
  connect(dense1, half2, units1, true);
  connect(dense2, units1, units2, true);
  connect(dense3, units2, scores, false);
  return scores.indexOf(Math.max(...scores));
}

function backward(label) {
  const most = Math.max(...scores);
  const exps = scores.map((score) => Math.exp(score - most));
  const total = exps.reduce((sum, value) => sum + value, 0);
  for (let i = 0; i < 10; i++) errors.scores[i] = exps[i] / total - (i === label ? 1 : 0);
  connectBack(dense3, units2, errors.scores, errors.units2);
  for (let i = 0; i < 84; i++) if (units2[i] === 0) errors.units2[i] = 0;
  connectBack(dense2, units1, errors.units2, errors.units1);
  for (let i = 0; i < 120; i++) if (units1[i] === 0) errors.units1[i] = 0;
  connectBack(dense1, half2, errors.units1, errors.half2);
  poolBack(which2, maps2, errors.half2, errors.maps2);
  convolveBack(conv2, 6, 12, half1, errors.maps2, errors.half1);
  poolBack(which1, maps1, errors.half1, errors.maps1);
  convolveBack(conv1, 1, 28, image, errors.maps1);
}

function descend(values, gradient, velocity, rate) {
  for (let i = 0; i < values.length; i++) {
    velocity[i] = 0.9 * velocity[i] - rate * (gradient[i] + 1e-4 * values[i]);
    values[i] += velocity[i];
    gradient[i] = 0;
  }
}

const accuracy = (samples) =>
  samples.filter(({ label, pixels }) => forward(pixels) === label).length / samples.length;

const [training, test] = [digits(12000, 1), digits(2000, 2)];
const batch = 8;
for (let epoch = 0; epoch < 6; epoch++) {
  const rate = 0.004 * 0.6 ** epoch;
  for (let start = 0; start < training.length; start += batch) {
    for (const { label, pixels } of training.slice(start, start + batch)) {
      forward(pixels);
      backward(label);
    }
    for (const each of Object.values(layers)) {
      descend(each.weights, each.gradient, each.velocity, rate);
      descend(each.biases, each.biasGradient, each.biasVelocity, rate);
    }
  }
  console.log(
    `epoch ${epoch + 1}: ${(100 * accuracy(test)).toFixed(2)} % of ${test.length} new digits`,
  );
}

// ---- Rounding, and the header

const steps = 45;
const character = (step) => {
  const code = String.fromCharCode(80 + step);
  return code === "\\" ? "\\\\" : code;
};

function literals(text) {
  const pieces = text.match(/(?:\\\\|[^\\]){1,110}/g);
  return pieces.map((piece) => `    "${piece}"`).join("\n");
}

const floats = (values) => {
  const texts = [...values].map((value) => `${value.toExponential(6)}f`);
  const lines = [];
  while (texts.length > 0) lines.push(`    ${texts.splice(0, 8).join(", ")},`);
  return lines.join("\n");
};

function rounded(name, { units, fan, weights, biases }) {
  let text = "";
  const scales = [];
  for (let unit = 0; unit < units; unit++) {
    const row = weights.subarray(unit * fan, (unit + 1) * fan);
    const scale = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / steps;
    scales.push(scale);
    for (let i = 0; i < fan; i++) {
      const step = Math.round(row[i] / scale);
      text += character(step);
      row[i] = step * scale;
    }
  }
  return `// ${units} units of ${fan} weights.
static const char ${name}_steps[] =
${literals(text)};
static const float ${name}_scales[] = {
${floats(scales)}
};
static const float ${name}_biases[] = {
${floats(biases)}
};
`;
}

const parts = Object.entries(layers).map(([name, each]) => rounded(name, each));
const percent = (100 * accuracy(test)).toFixed(2);
console.log(`rounded: ${percent} %`);
const text = `// Written by scripts/train-lenet.mjs: ${percent} % of ${test.length} digits that were not used in training are recognised.
// A weight is a character, minus 80, times its unit's scale.

${parts.join("\n")}`;
writeFileSync(join(root, "workloads/src/edge/weights.h"), text);
console.log(`workloads/src/edge/weights.h: ${text.length} bytes`);
