import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { inflateRawSync } from "node:zlib";
import { root } from "../root.ts";
import { cannyEdges } from "./canny-definition.ts";
import { inputBytes } from "./inputs.ts";
import { runInNode } from "./run-in-node.ts";

function output(name: string, stdin: Uint8Array, args: string[] = []): Buffer {
  const { exitCode, stdout, stderr } = runInNode(join(root, `workloads/edge/${name}.wasm`), {
    args,
    stdin,
  });
  assert.equal(exitCode, 0, stderr);
  return stdout;
}

test("canny finds the edges that a plain version finds", () => {
  const image = inputBytes("street-320x240.ppm");
  const edges = output("canny", image, ["pgm"]);
  const header = "P5 320 240 255\n";
  assert.equal(edges.subarray(0, header.length).toString(), header);
  const grey = Array.from({ length: 320 * 240 }, (_, i) => {
    const [red, green, blue] = image.subarray(image.length - 3 * 320 * 240 + 3 * i);
    return (77 * red! + 150 * green! + 29 * blue!) >> 8;
  });
  const found = [...edges.subarray(header.length)];
  assert.deepEqual(found, cannyEdges(grey, 320, 240));
  assert.ok(found.includes(255));
});

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Gives how much two boxes share, of what they cover together. */
function overlap(a: Box, b: Box): number {
  const across = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const down = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  const shared = Math.max(0, across) * Math.max(0, down);
  return shared / (a.width * a.height + b.width * b.height - shared);
}

test("plate finds the plates where the scenes have them", () => {
  const truth: Box[] = JSON.parse(inputBytes("cars-2-480x360.json").toString());
  const lines = output("plate", inputBytes("cars-2-480x360.pgm")).toString().trim().split("\n");
  assert.equal(lines.length, truth.length);
  for (const [i, line] of lines.entries()) {
    const [image, x, y, width, height] = line.match(/\d+/g)!.map(Number) as [number, ...number[]];
    assert.equal(image, i);
    assert.ok(overlap({ x: x!, y: y!, width: width!, height: height! }, truth[i]!) > 0.75, line);
  }
});

test("marg knows the attitude better than its gyroscope", () => {
  const text = output("marg", inputBytes("marg-2000.csv")).toString();
  const [, samples, rms, most, alone] =
    /^marg samples=(\d+) rms=([\d.]+) most=([\d.]+) gyroscope-alone=([\d.]+)\n$/.exec(text)!;
  assert.equal(samples, "2000");
  assert.ok(Number(rms) < 2.5 && Number(most) < 4, text);
  assert.ok(Number(alone) > 2 * Number(rms), text);
});

test("lenet reads at least nine digits of ten", () => {
  const text = output("lenet", inputBytes("digits-50.idx")).toString();
  const correct = Number(/^lenet digits=50 correct=(\d+) /.exec(text)![1]);
  assert.ok(correct >= 45, text);
  // Without labels it cannot know.
  const images = inputBytes("digits-50.idx").subarray(0, 16 + 50 * 784);
  assert.equal(output("lenet", images).toString(), text.replace(/ correct=\d+/, ""));
});

/** Lists the entries of a zip file by its local headers, unpacked by zlib. */
function unzipped(zip: Buffer): Map<string, Buffer> {
  const entries = new Map<string, Buffer>();
  let at = 0;
  while (zip.readUInt32LE(at) === 0x04034b50) {
    const packed = zip.readUInt32LE(at + 18);
    const start = at + 30 + zip.readUInt16LE(at + 26);
    const data = zip.subarray(start, start + packed);
    const name = zip.subarray(at + 30, start).toString();
    entries.set(name, zip.readUInt16LE(at + 8) === 0 ? data : inflateRawSync(data));
    at = start + packed;
  }
  return entries;
}

test("inflate unpacks what zlib packed", () => {
  const zip = inputBytes("archive-32k.zip");
  const entries = unzipped(zip);
  assert.equal(entries.size, 9);
  for (const [name, data] of entries) assert.ok(output("inflate", zip, [name]).equals(data), name);
});

test("inflate notices a wrong byte", () => {
  const file = join(root, "workloads/edge/inflate.wasm");
  const zip = inputBytes("archive-32k.zip");
  const broken = Buffer.from(zip);
  broken[2000]! ^= 0x10;
  assert.equal(runInNode(file, { args: [], stdin: broken }).exitCode, 1);
  assert.equal(runInNode(file, { args: [], stdin: zip.subarray(0, -30) }).exitCode, 1);
});
