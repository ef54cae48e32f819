import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { dwarf4, moduleWith } from "../../../test/lines/hand-made.ts";
import type { Sections } from "../../../test/lines/hand-made.ts";
import { openDebugInfo } from "../../symbols/index.ts";
import { decodeModule } from "../../wasm/index.ts";
import type { Module } from "../../wasm/index.ts";
import { findDebugFiles } from "./debug-files.ts";

const folder = mkdtempSync(join(tmpdir(), "wasmscope-debug-"));
after(() => rmSync(folder, { recursive: true }));
const modulePath = join(folder, "app.wasm");

function file(name: string, content: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const linked = (name: string, url: string): Module => {
  const bytes = Buffer.from(url);
  const length = [(bytes.length & 0x7f) | 0x80, bytes.length >> 7];
  return decodeModule(moduleWith({ [name]: Uint8Array.of(...length, ...bytes) }));
};

const companion = moduleWith(dwarf4(4));
const map = '{"version":3,"sources":["a.ts"],"mappings":"AAAA"}';
file("app debug.wasm", companion);
file("app.wasm.map", map);

/** A companion whose first body differs. */
function otherCode(): Uint8Array {
  const other = companion.slice();
  const at = other.indexOf(10, 8) + 3;
  other[at + 1]! ^= 1;
  return other;
}

test("follows the links of a module to files next to it", () => {
  for (const url of ["app debug.wasm", "app%20debug.wasm", "./app debug.wasm"]) {
    const module = linked("external_debug_info", url);
    const { files, notes } = findDebugFiles(module, { modulePath });
    assert.deepEqual(notes, []);
    assert.deepEqual(Buffer.from(files.companion!), Buffer.from(companion));
    assert.equal(openDebugInfo(module, files)?.kind, "dwarf");
  }
  const url = pathToFileURL(join(folder, "app.wasm.map")).href;
  const sourceMap = findDebugFiles(linked("sourceMappingURL", url)).files.sourceMap;
  assert.equal(sourceMap, map);
});

test("reads data: URLs", () => {
  for (const url of [
    `data:application/json;base64,${Buffer.from(map).toString("base64")}`,
    `data:application/json,${encodeURIComponent(map)}`,
  ]) {
    assert.equal(findDebugFiles(linked("sourceMappingURL", url)).files.sourceMap, map);
  }
});

const unusable: readonly (readonly [url: string, note: RegExp])[] = [
  [
    "https://example.org/app.map",
    /^https:.*: is on the network: fetch it and name it with --symbols$/,
  ],
  ["//example.org/app.map", /is on the network/],
  ["gone.map", /^gone\.map: no such file/],
  ["/dev/zero", /no such file/],
  [".", /no such file/],
  ["data:application/json", /without data/],
];
for (const [url, note] of unusable) {
  test(`says why ${url} is not read`, () => {
    const { files, notes } = findDebugFiles(linked("sourceMappingURL", url), { modulePath });
    assert.deepEqual(files, {});
    assert.equal(notes.length, 1);
    assert.match(notes[0]!, note);
  });
}

const plain = decodeModule(moduleWith({}));
const withId = (id: number, sections: Sections = {}): Uint8Array =>
  moduleWith({ build_id: Uint8Array.of(2, id, id), ...sections });

test("takes the file that the user names, and leaves symbol maps alone", () => {
  const symbols = (path: string): object => findDebugFiles(plain, { symbols: path }).files;
  assert.deepEqual(Object.keys(symbols(join(folder, "app debug.wasm"))), ["companion"]);
  assert.deepEqual(symbols(join(folder, "app.wasm.map")), { sourceMap: map });
  assert.deepEqual(symbols(file("app.symbols", "0:main\n1:f\n")), {});
  assert.throws(() => symbols(join(folder, "gone")), /ENOENT/);
});

test("refuses the debugging data of another module", () => {
  const refuse = (module: Uint8Array, bytes: Uint8Array, reason: RegExp): void => {
    const symbols = file("other.wasm", bytes);
    assert.throws(() => findDebugFiles(decodeModule(module), { symbols }), reason);
  };
  refuse(moduleWith({}), moduleWith({}), /^Refusal: .*other\.wasm: holds no DWARF$/);
  refuse(moduleWith({}), otherCode(), /code section has the SHA-256 \w+…, the module's \w+…$/);
  refuse(withId(1), withId(2, dwarf4(4)), /its build_id is 0202, the module's 0101$/);
  const empty = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 3, 1, 0, 10, 1, 0);
  const fewer = Buffer.concat([empty, moduleWith(dwarf4(4)).subarray(plain.bytes.length)]);
  refuse(moduleWith({}), fewer, /code section has 1 bytes, the module's 17$/);
});

test("says of a link to another module's data that it is, and goes on without", () => {
  file("other.wasm", otherCode());
  const { files, notes } = findDebugFiles(linked("external_debug_info", "other.wasm"), {
    modulePath,
  });
  assert.deepEqual(files, {});
  assert.match(notes.join(), /^other\.wasm: is of another module/);
});
