import { Cursor, Sink } from "../bytes/index.ts";
import { decodeModule, InstructionReader, readLocals, rewriteModule } from "../wasm/index.ts";
import { guestBase, lastAddress, pageLog2 } from "./layout.ts";

/**
 * Makes a host module whose guest begins at another address, a multiple of 64 KiB: the runtime's own region, in which
 * the guest's file and code must fit, ends there. Accesses beyond the engine's guard region cost a check each, so
 * the standard build has 16 MiB.
 */
export function moveGuest(host: Uint8Array, base: number): Uint8Array {
  if (base % (1 << pageLog2) !== 0 || base < guestBase || base >= 2 ** 31)
    throw new Error(`the guest cannot begin at ${base}`);
  const module = decodeModule(host);
  const reader = new InstructionReader(host);
  const moved = rewriteModule(module, {
    body(defined, sink) {
      const start = module.bodies.start[defined]!;
      const end = module.bodies.end[defined]!;
      reader.reset(readLocals(host, start, end).codeStart, end);
      let copied = start;
      while (reader.position < reader.end) {
        reader.next();
        const found = replacement(reader, base);
        if (found === undefined) continue;
        sink.bytes(host, copied, reader.start);
        sink.bytes(found);
        copied = reader.position;
      }
      sink.bytes(host, copied, reader.end);
      return true;
    },
  });
  setPages(moved, base >>> pageLog2);
  return moved;
}

function replacement(reader: InstructionReader, base: number): Uint8Array | undefined {
  const sink = new Sink(16);
  if (reader.code === 0x41) {
    const value = new Cursor(reader.bytes, reader.immediateStart).signed(32);
    if (value !== guestBase && value !== lastAddress) return undefined;
    sink.byte(0x41);
    sink.s32(value === guestBase ? base : -1 - base);
    return sink.take();
  }
  const isVector = reader.code >= 0xfd000 && (reader.code <= 0xfd00b || isLane(reader.code));
  if (!isVector && (reader.code < 0x28 || reader.code > 0x3e)) return undefined;
  const cursor = new Cursor(reader.bytes, reader.immediateStart);
  cursor.u32();
  const offsetStart = cursor.position;
  if (cursor.u32() !== guestBase) return undefined;
  sink.bytes(reader.bytes, reader.start, offsetStart);
  sink.u32(base);
  sink.bytes(reader.bytes, cursor.position, reader.position);
  return sink.take();
}

const isLane = (code: number): boolean => code >= 0xfd054 && code <= 0xfd05d;

// Up to a GiB, the number of pages takes two bytes, as in the standard build.
function setPages(host: Uint8Array, pages: number): void {
  const section = decodeModule(host).sections.find(({ id }) => id === 5)!;
  const sink = new Sink(4);
  sink.u32(pages);
  if (sink.length !== 2) throw new Error("the guest would begin too high");
  host.set(sink.view(), section.contentStart + 2);
}
