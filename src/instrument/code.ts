import type { Sink } from "../bytes/index.ts";

// The few instructions that are inserted by the million, without a look into the opcode table.

/** Appends `global.get index`. */
export function globalGet(sink: Sink, index: number): void {
  sink.byte(0x23);
  sink.u32(index);
}

/** Appends `global.set index`. */
export function globalSet(sink: Sink, index: number): void {
  sink.byte(0x24);
  sink.u32(index);
}

/** Appends `local.get index`. */
export function localGet(sink: Sink, index: number): void {
  sink.byte(0x20);
  sink.u32(index);
}

/** Appends `local.set index`. */
export function localSet(sink: Sink, index: number): void {
  sink.byte(0x21);
  sink.u32(index);
}

/** Appends `local.tee index`. */
export function localTee(sink: Sink, index: number): void {
  sink.byte(0x22);
  sink.u32(index);
}

/** Appends `i32.const value`. */
export function i32Const(sink: Sink, value: number): void {
  sink.byte(0x41);
  sink.s32(value);
}

/** Appends `call index`. */
export function call(sink: Sink, index: number): void {
  sink.byte(0x10);
  sink.u32(index);
}

/** Appends `i64.const amount; i64.add`: what stands on the stack grows by `amount`. */
export function addAmount(sink: Sink, amount: number): void {
  sink.byte(0x42);
  sink.s32(amount);
  sink.byte(0x7c);
}
