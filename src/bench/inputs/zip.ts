// A zip file with entries of several kinds: a log, measurements, prose, an image, and data that do not get smaller.
import { constants, deflateRawSync, type ZlibOptions } from "node:zlib";
import { margFile } from "./marg.ts";
import { normal, type Random, randomSource } from "./random.ts";
import { scene } from "./scenes.ts";

/** A file in the archive; without options it is stored as it is. */
export interface ZipEntry {
  readonly name: string;
  readonly data: Buffer;
  readonly options?: ZlibOptions;
}

const syllables = [
  "ka",
  "lo",
  "mi",
  "ren",
  "tos",
  "u",
  "vel",
  "shi",
  "an",
  "dor",
  "e",
  "pra",
  "no",
  "il",
];

function word(random: Random): string {
  // Few words are frequent, most are rare.
  let rank = Math.floor(1 / (random() + 0.0004));
  let text = "";
  for (rank += 20; rank > 0; rank = Math.floor(rank / syllables.length))
    text += syllables[rank % syllables.length]!;
  return text;
}

function prose(bytes: number, random: Random): Buffer {
  const words: string[] = [];
  for (let length = 0; length < bytes;) {
    const next = word(random) + (random() < 0.1 ? ".\n" : "");
    words.push(next);
    length += next.length + 1;
  }
  return Buffer.from(words.join(" ").slice(0, bytes));
}

function log(bytes: number, random: Random): Buffer {
  const lines: string[] = [];
  for (let length = 0, time = 1_600_000_000; length < bytes;) {
    time += Math.floor(40 * random() ** 4);
    const status = random() < 0.93 ? 200 : 404;
    const line = `${time} 10.0.${Math.floor(4 * random())}.${Math.floor(250 * random())} GET /${word(random)}/${word(random)} ${status} ${Math.floor(50_000 * random() ** 3)}`;
    lines.push(line);
    length += line.length + 1;
  }
  return Buffer.from(`${lines.join("\n")}\n`.slice(0, bytes));
}

const noise = (bytes: number, random: Random): Buffer =>
  Buffer.from(Array.from({ length: bytes }, () => Math.floor(256 * random())));
const bell = (bytes: number, random: Random): Buffer =>
  Buffer.from(Array.from({ length: bytes }, () => Math.round(128 + 20 * normal(random)) & 255));

/** Gives what the file holds: name, data, and how they are packed. */
export function zipEntries(kilobytes: number, seed: number): ZipEntry[] {
  const random = randomSource(seed);
  const size = (share: number): number => Math.floor(kilobytes * 1024 * share);
  const side = Math.floor(Math.sqrt(size(0.35)));
  return [
    { name: "events.log", data: log(size(1.2), random), options: { level: 6 } },
    {
      name: "readings.csv",
      data: margFile(Math.floor(size(0.5) / 125), seed),
      options: { level: 9 },
    },
    { name: "notes.txt", data: prose(size(0.6), random), options: { level: 1 } },
    { name: "scene.pgm", data: Buffer.from(scene(side, side, seed).pixels), options: { level: 6 } },
    {
      name: "bell.bin",
      data: bell(size(0.08), random),
      options: { strategy: constants.Z_HUFFMAN_ONLY },
    },
    {
      name: "fixed.txt",
      data: prose(size(0.05), random),
      options: { strategy: constants.Z_FIXED },
    },
    { name: "unpacked.bin", data: noise(size(0.03), random), options: { level: 0 } },
    { name: "stored.bin", data: noise(size(0.03), random) },
    { name: "empty", data: Buffer.alloc(0) },
  ];
}

const signature = (kind: number): number[] => [0x50, 0x4b, kind, kind + 1];
/** Gives numbers in so many bytes each, the lowest first. */
const numbers = (...pairs: readonly (readonly [value: number, bytes: number])[]): number[] =>
  pairs.flatMap(([value, bytes]) =>
    Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** i) % 256),
  );

/** Gives a zip file of about so many kilobytes. How small it gets is up to Node's zlib: the bytes may differ. */
export function zipFile(kilobytes: number, seed: number): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  const entries = zipEntries(kilobytes, seed);
  for (const { name, data, options } of entries) {
    const packed = options === undefined ? data : deflateRawSync(data, options);
    const method = options === undefined ? 0 : 8;
    const shared = numbers(
      [20, 2],
      [0, 2],
      [method, 2],
      [0, 2],
      [0x21, 2],
      [crc(data), 4],
      [packed.length, 4],
      [data.length, 4],
      [name.length, 2],
      [0, 2],
    );
    const local = Buffer.from([...signature(3), ...shared, ...Buffer.from(name)]);
    directory.push(
      Buffer.from([
        ...signature(1),
        20,
        0,
        ...shared,
        ...numbers([0, 8], [0, 2], [offset, 4]),
        ...Buffer.from(name),
      ]),
    );
    parts.push(local, packed);
    offset += local.length + packed.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.from([
    ...signature(5),
    ...numbers(
      [0, 4],
      [entries.length, 2],
      [entries.length, 2],
      [list.length, 4],
      [offset, 4],
      [0, 2],
    ),
  ]);
  return Buffer.concat([...parts, list, end]);
}

/** Gives the CRC-32: Node's zlib has it only from 20.15 on. */
function crc(data: Buffer): number {
  let value = -1;
  for (const byte of data) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  }
  return ~value >>> 0;
}
