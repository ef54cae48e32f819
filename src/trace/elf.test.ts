import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { packageFile } from "../sys/index.ts";
import { Elf, ElfError } from "./elf.ts";

const file = new Uint8Array(readFileSync(packageFile("hosts/ebpf/wasi.bpf.o")));
const open = (bytes: Uint8Array): Elf =>
  new Elf((offset, length) => bytes.subarray(offset, offset + length));

test("reads sections and symbols", () => {
  const elf = open(file);
  assert.equal(elf.machine, 247);
  const programs = elf.sections.filter(({ name }) => name.startsWith("program/"));
  assert.equal(programs.length, 8);
  const maps = elf.sections.findIndex(({ name }) => name === "maps");
  const symbols = elf.symbols(elf.section(".symtab")!).filter(({ section }) => section === maps);
  assert.ok(symbols.some(({ name, size }) => name === "syscalls" && size === 16));
});

test("says what it cannot read", () => {
  assert.throws(() => open(new Uint8Array(64)), ElfError);
  assert.throws(() => open(file.subarray(0, 40)), ElfError);
  for (let length = 64; length < file.length; length += 97) {
    assert.throws(() => open(file.subarray(0, length)).functions(), ElfError);
  }
  const other = file.slice();
  other[4] = 1;
  assert.throws(() => open(other), /64 bits/);
});
