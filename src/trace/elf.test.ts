import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { addressesOf, makeElf } from "../../test/trace/make-elf.ts";
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

test("finds functions by their names", () => {
  const code = Uint8Array.of(0x55, 0xc3);
  const functions = ["one", "two_of_them", "one"].map((name) => ({ name, code }));
  const elf = open(makeElf({ functions }));
  const [first, second, third] = addressesOf(functions);
  const one = { name: "one", address: first!, size: 2 };
  assert.deepEqual(elf.functions(/^one$/), [one, { ...one, address: third! }]);
  assert.deepEqual(elf.functions(/_of_/), [{ name: "two_of_them", address: second!, size: 2 }]);
  assert.equal(elf.functions().length, 3);
  assert.deepEqual(elf.at(second!, 2), code);
  assert.deepEqual(open(makeElf({ functions, stripped: true })).functions(), []);
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
