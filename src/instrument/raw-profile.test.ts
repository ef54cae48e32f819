import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SmallWasi } from "../../test/oracle/wasi.ts";
import { wat } from "../../test/oracle/wat.ts";
import { instrument, parseRawProfiles } from "./index.ts";

/** A dump of a module with several hundred counters. */
const dump = ((): string => {
  const wasi = new SmallWasi();
  const functions = Array.from(
    { length: 300 },
    (_, nth) => `(func $f${nth} ${nth % 3 === 0 ? "" : "(nop)"})`,
  );
  const calls = functions.map((_, nth) => (nth % 7 < 3 ? `(call $f${nth})` : "")).join(" ");
  const text = `(module (memory (export "memory") 1) ${functions.join("\n")} (func (export "_start") ${calls}))`;
  const { bytes } = instrument(wat(text), { mode: "calls", sink: "stderr", moduleId: "feed" });
  const instance = new WebAssembly.Instance(
    new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>),
    wasi.imports,
  );
  wasi.memory = instance.exports["memory"] as WebAssembly.Memory;
  (instance.exports["_start"] as () => void)();
  return wasi.written.get(2)!;
})();
const [whole] = parseRawProfiles(dump);
const lines = dump.split("\n");

test("reads a dump of several lines", () => {
  assert.ok(lines.length > 5);
  assert.equal(whole!.words.length, 301);
  assert.equal(whole!.words.filter((word) => word === 1).length, 130);
});

test("reads dumps with other output around, before and between, and with CRLF", () => {
  const noise = "an error: ~wasmscope is not at the start of this line\n~wasmscop\n\n";
  const [header, ...rest] = dump.trimStart().split("\n");
  for (const text of [
    noise + dump + noise,
    `text without an end of line${dump}`,
    `${header}\nthe guest's other thread\n${rest.join("\nnoise\n")}`,
    dump.replaceAll("\n", "\r\n"),
  ]) {
    assert.deepEqual(parseRawProfiles(text), [whole]);
  }
  assert.deepEqual(parseRawProfiles(noise), []);
  assert.deepEqual(parseRawProfiles(""), []);
});

test("names the line of a dump that is cut off", () => {
  for (let kept = 3; kept < lines.length - 1; kept++) {
    const text = `one\ntwo\n${lines.slice(1, kept).join("\n")}\n`;
    assert.throws(
      () => parseRawProfiles(text),
      /^RawProfileError: line 3: the raw profile is cut off/,
      `${kept} lines`,
    );
  }
  assert.throws(() => parseRawProfiles(dump.slice(0, dump.length / 2)), /line 2: .*cut off/);
});

test("names the line of a dump whose start is repeated before its end", () => {
  const cut = lines.slice(0, 4).join("\n");
  assert.throws(() => parseRawProfiles(cut + dump), /line 2: .*cut off/);
});

test("notices every damage of a payload", () => {
  const first = lines.findIndex((line) => line.startsWith("~wasmscope:"));
  const last = lines.findLastIndex((line) => line.startsWith("~wasmscope:"));
  fc.assert(
    fc.property(
      fc.integer({ min: first, max: last }),
      fc.nat(),
      fc.constantFrom(...Array.from("ABCDEFabcdef0189+/*=~ ")),
      (line, place, character) => {
        const content = lines[line]!;
        const start = "~wasmscope:".length;
        const at = start + (place % (content.length - start));
        const changed = content.slice(0, at) + character + content.slice(at + 1);
        const bits = content.endsWith(changed.slice(-1)) || line !== last;
        fc.pre(changed !== content && bits);
        const text = lines.with(line, changed).join("\n");
        assert.throws(
          () => parseRawProfiles(text),
          /^RawProfileError: line 2: the raw profile is damaged/,
        );
      },
    ),
    { numRuns: 200 },
  );
});

test("notices a missing line, a doubled line and a wrong checksum", () => {
  const middle = lines.findIndex((line) => line.startsWith("~wasmscope:")) + 1;
  for (const text of [
    lines.toSpliced(middle, 1),
    lines.toSpliced(middle, 0, lines[middle]!),
    lines.map((line) => (line.startsWith("~wasmscope=") ? "~wasmscope=00000000" : line)),
  ]) {
    assert.throws(() => parseRawProfiles(text.join("\n")), /line 2: the raw profile is damaged/);
  }
});

test("says which version and which mode it does not know", () => {
  assert.throws(
    () => parseRawProfiles(dump.replace("~wasmscope 1", "~wasmscope 9")),
    /line 2: .*version 9/,
  );
  assert.throws(
    () => parseRawProfiles(dump.replace(" calls ", " clocks ")),
    /line 2: unknown mode clocks/,
  );
});

test("survives any text", () => {
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom(
      "~wasmscope",
      "~wasmscope ",
      "~wasmscope 1 calls -",
      "~wasmscope:",
      "~wasmscope=",
      "\n",
    ),
    fc.constantFrom(...lines),
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      try {
        parseRawProfiles(pieces.join("\n"));
      } catch (error) {
        assert.match(String(error), /^RawProfileError: line \d+: /);
      }
    }),
    { numRuns: 500 },
  );
});

test("does not believe a count of words that no dump has", () => {
  const payload = Buffer.from([1, 0xff, 0xff, 0xff, 0xff, 0x0f])
    .toString("base64")
    .replaceAll("=", "");
  const text = `~wasmscope 1 calls -\n~wasmscope:${payload}\n~wasmscope=00000000\n`;
  assert.throws(() => parseRawProfiles(text), /line 1: the raw profile is damaged/);
});
