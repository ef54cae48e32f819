import assert from "node:assert/strict";
import { it } from "node:test";
import { functionBytes } from "./artefact-code.ts";

/** An ELF file with a table of symbols (name, type, size) and nothing else. */
function elf(
  symbols: readonly (readonly [name: string, type: number, size: number])[],
): Uint8Array {
  const names = `\0${symbols.map(([name]) => `${name}\0`).join("")}`;
  const [table, text] = [64 + 3 * 64, 64 + 3 * 64 + 24 * symbols.length];
  const bytes = new Uint8Array(text + names.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setBigUint64(40, 64n, true);
  view.setUint16(58, 64, true);
  view.setUint16(60, 3, true);
  const section = (nth: number, type: number, offset: number, size: number, link: number): void => {
    const at = 64 + 64 * nth;
    view.setUint32(at + 4, type, true);
    view.setBigUint64(at + 24, BigInt(offset), true);
    view.setBigUint64(at + 32, BigInt(size), true);
    view.setUint32(at + 40, link, true);
  };
  section(1, 2, table, 24 * symbols.length, 2);
  section(2, 3, text, names.length, 0);
  let name = 1;
  for (const [nth, [spelled, type, size]] of symbols.entries()) {
    view.setUint32(table + 24 * nth, name, true);
    view.setUint8(table + 24 * nth + 4, type);
    view.setBigUint64(table + 24 * nth + 16, BigInt(size), true);
    name += spelled.length + 1;
  }
  bytes.set(new TextEncoder().encode(names), text);
  return bytes;
}

it("adds up the module's functions, without trampolines and data", () => {
  const file = elf([
    ["wasm[0]::function[4]::_start", 2, 84],
    ["wasm[0]::function[5]", 2, 4080],
    ["wasm[0]::array_to_wasm_trampoline[4]", 2, 500],
    ["wasm[0]::function[6]::data", 1, 7],
  ]);
  assert.equal(functionBytes(file), 4164);
});

it("refuses what is no such file", () => {
  assert.throws(() => functionBytes(new Uint8Array(100)), /no ELF file/);
  assert.throws(() => functionBytes(new Uint8Array(3)), /no ELF file/);
  const none = elf([]);
  none[64 + 64 + 4] = 1;
  assert.throws(() => functionBytes(none), /without symbols/);
});
