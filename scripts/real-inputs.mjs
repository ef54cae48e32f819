// The inputs of the real programs: the committed files, and larger ones made here, the same on every machine.
import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { cache, committed } from "./real-fetch.mjs";

/** Makes a generator of numbers in [0, 1) that gives the same row on every machine. */
function sequence(seed) {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

/** Writes text whose words repeat as natural language's do: few are frequent, most are rare. */
function words(bytes) {
  const random = sequence(7);
  const syllables = ["ka", "lo", "mi", "ren", "tos", "u", "vel", "shi", "an", "dor", "e", "pra"];
  const word = (rank) => {
    let rest = rank + 1;
    let text = "";
    for (; rest > 0; rest = Math.floor(rest / syllables.length))
      text += syllables[rest % syllables.length];
    return text;
  };
  let text = "";
  for (let length = 1; text.length < bytes; length++) {
    text += word(Math.floor(1500 ** random()));
    text += length % 13 === 0 ? ".\n" : " ";
  }
  return text;
}

function json(rows) {
  const random = sequence(11);
  const kinds = ["disk", "net", "cpu", "mem"];
  const row = (_, id) => ({
    id,
    kind: kinds[Math.floor(random() * 4)],
    load: Math.round(random() * 1e6) / 1e4,
    tags: [`t${id % 17}`, `z${id % 5}`],
    owner: id % 3 ? { name: `n${id % 97}`, active: random() < 0.5 } : null,
  });
  return JSON.stringify({ rows: Array.from({ length: rows }, row) });
}

/** Computes PNG's checksum (Node 20's zlib has none). */
function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** Frames a part of a PNG: its length, type, content and checksum. */
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

function png(width, height) {
  const raw = Buffer.alloc((width * 3 + 1) * height);
  for (let y = 0, at = 0; y < height; y++) {
    raw[at++] = 0;
    for (let x = 0; x < width; x++)
      for (const value of [x, (x * y) >> 6, x ^ y]) raw[at++] = value & 255;
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  const chunks = [
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(raw)),
    chunk("IEND", Buffer.alloc(0)),
  ];
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), ...chunks]);
}

/** What is made more of in the long inputs: scripts have their counts in them. */
const longer = {
  "bench.lua": [
    [/200000/g, "3000000"],
    ["local n = 60", "local n = 160"],
    ["i = 1, 20000", "i = 1, 300000"],
  ],
  "bench.sql": [["i < 20000", "i < 700000"]],
  "bench.js": [
    ["i < 4000", "i < 40000"],
    ["step < 4;", "step < 40;"],
    ["fib(18)", "fib(25)"],
  ],
  "bench.php": [
    ["0, 60000", "0, 2000000"],
    ["fib(22)", "fib(29)"],
    ["range(1, 5000)", "range(1, 60000)"],
    ["i < 3000", "i < 100000"],
  ],
  "bench.go": [
    [":20000]", ":600000]"],
    ["fib(18)", "fib(23)"],
  ],
};

/**
 * Fills `.cache/real/inputs`, with which programs are done at once, and `.cache/real/long-inputs`, under the same
 * names, with which they take seconds. `name.ext.txt` becomes `name.ext` (the tail keeps tools of this project off it).
 */
export function prepareInputs() {
  fill("inputs", { factor: 1, side: 1, scripts: 1 }, {});
  fill("long-inputs", { factor: 12, side: 7, scripts: 36 }, longer);
}

function fill(name, { factor, side, scripts }, changes) {
  const folder = join(cache, name);
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(committed)) {
    const target = file.replace(/(\.\w+)\.txt$/, "$1");
    if (changes[target] === undefined) {
      copyFileSync(join(committed, file), join(folder, target));
      continue;
    }
    let text = readFileSync(join(committed, file), "utf8");
    for (const [from, to] of changes[target]) {
      const changed = text.replace(from, to);
      if (changed === text) throw new Error(`${file}: "${from}" is not in it any more`);
      text = changed;
    }
    writeFileSync(join(folder, target), text);
  }
  writeFileSync(join(folder, "words.txt"), words(200_000 * factor));
  writeFileSync(join(folder, "data.json"), json(4000 * factor));
  writeFileSync(join(folder, "picture.png"), png(320 * side, 240 * side));
  const script = readFileSync(join(committed, "script.sh"), "utf8");
  writeFileSync(join(folder, "long.sh"), script.repeat(60 * scripts));
}
