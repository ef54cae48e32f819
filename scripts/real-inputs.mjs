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

/** Fills `.cache/real/inputs`; `name.ext.txt` becomes `name.ext` (the tail keeps tools of this project off it). */
export function prepareInputs() {
  const folder = join(cache, "inputs");
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(committed))
    copyFileSync(join(committed, file), join(folder, file.replace(/(\.\w+)\.txt$/, "$1")));
  writeFileSync(join(folder, "words.txt"), words(200_000));
  writeFileSync(join(folder, "data.json"), json(4000));
  writeFileSync(join(folder, "picture.png"), png(320, 240));
  const script = readFileSync(join(committed, "script.sh"), "utf8");
  writeFileSync(join(folder, "long.sh"), script.repeat(60));
}
