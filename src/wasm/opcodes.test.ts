import assert from "node:assert/strict";
import { test } from "node:test";
import { assembleBody, concatenate, emit, opcodes, valueType } from "./index.ts";
import type { Instruction, Opcode } from "./index.ts";
import { Sink } from "../bytes/index.ts";

const typeOf: Record<string, number> = {
  i: valueType.i32,
  I: valueType.i64,
  f: valueType.f32,
  F: valueType.f64,
  v: valueType.v128,
};

const immediateOf: Record<string, (number | bigint)[]> = {
  memarg: [0, 0],
  lane: [1],
  i32: [5],
  i64: [5n],
  zero: [0],
  local: [0],
  memory: [0],
  data: [0],
  elem: [0],
  table: [0],
};

/** A module with one function that applies the instruction to its parameters. */
function moduleOf({ name, code, immediates, effect }: Opcode): Uint8Array | undefined {
  const operands = Array.from(effect!.operands);
  const locals: Instruction[] = operands.map((_, index) => ["local.get", index]);
  const kinds = immediates.map((kind) => immediateOf[kind]);
  const body = new Sink();
  if (kinds.some((kind) => kind === undefined)) {
    // Floating-point and vector constants, whose bytes the assembler does not write.
    const width = { f32: 4, f64: 8, v128: 16, shuffle: 16 }[immediates[0] as "f32"];
    if (width === undefined) return undefined;
    emitCode(body, code);
    body.bytes(new Uint8Array(width));
  } else {
    const natural = /atomic|lane/.test(name) ? alignment(name) : 0;
    const values = immediates.flatMap((kind) =>
      kind === "memarg" ? [natural, 0] : immediateOf[kind]!,
    );
    emit(body, [name, ...values]);
  }
  const text = assembleBody([], locals);
  const whole = concatenate([text.subarray(0, -1), body.take(), Uint8Array.of(0x0b)]);
  const section = (id: number, content: (sink: Sink) => void): Uint8Array => {
    const sink = new Sink();
    sink.byte(id);
    sink.sized(() => content(sink));
    return sink.take();
  };
  const types = (sink: Sink, letters: string): void => {
    sink.u32(letters.length);
    for (const letter of letters) sink.byte(typeOf[letter]!);
  };
  return concatenate([
    Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0),
    section(1, (sink) => {
      sink.bytes(Uint8Array.of(1, 0x60));
      types(sink, effect!.operands);
      types(sink, effect!.results);
    }),
    section(3, (sink) => sink.bytes(Uint8Array.of(1, 0))),
    section(4, (sink) => sink.bytes(Uint8Array.of(1, 0x70, 0, 1))),
    section(5, (sink) => sink.bytes(Uint8Array.of(1, 3, 1, 1))),
    section(9, (sink) => sink.bytes(Uint8Array.of(1, 1, 0, 0))),
    section(12, (sink) => sink.u32(1)),
    section(10, (sink) => {
      sink.u32(1);
      sink.vector(whole);
    }),
    section(11, (sink) => sink.bytes(Uint8Array.of(1, 1, 0))),
  ]);
}

function emitCode(sink: Sink, code: number): void {
  if (code < 0x1000) sink.byte(code);
  else {
    sink.byte(code >> 12);
    sink.u32(code & 0xfff);
  }
}

function alignment(name: string): number {
  const width =
    /(?:rmw|load|store)(\d+)/.exec(name)?.[1] ??
    /wait(\d+)/.exec(name)?.[1] ??
    (name.startsWith("i64") ? "64" : "32");
  return Math.log2(Number(width) / 8);
}

test("codes and names are unique", () => {
  assert.equal(new Set(opcodes.map(({ code }) => code)).size, opcodes.length);
  assert.equal(new Set(opcodes.map(({ name }) => name)).size, opcodes.length);
});

test("the engine agrees with every row's code, immediates and stack effect", () => {
  const disagreeing = [];
  let checked = 0;
  for (const opcode of opcodes) {
    if (opcode.effect === undefined || opcode.name === "nop") continue;
    // Not in the engines of Node 20: relaxed vectors, wide arithmetic.
    if (/relaxed|128|mul_wide/.test(opcode.name)) continue;
    if (/^local|global|^memory\.grow/.test(opcode.name)) continue;
    const module = moduleOf(opcode);
    if (module === undefined) continue;
    checked++;
    if (!WebAssembly.validate(module as Uint8Array<ArrayBuffer>)) disagreeing.push(opcode.name);
  }
  assert.deepEqual(disagreeing, []);
  assert.ok(checked > 400, `${checked} rows were checked`);
});
