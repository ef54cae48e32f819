import { Sink } from "../bytes/index.ts";
import { assembleBody, memoryFollows, valueType } from "../wasm/index.ts";
import type { Instruction, Limits, Module } from "../wasm/index.ts";
import type { Additions } from "./additions.ts";
import { globalGet } from "./code.ts";
import { Refusal } from "./refusal.ts";
import { isWasi } from "./returns.ts";

const pageBytes = 65536;
const mostPages = 65536;
/** Room that the region may take beyond the guest's own maximum, in pages. */
const mostRegionPages = 8192;

const { i32 } = valueType;

/**
 * Memory of our own in a guest. Addresses given to `load` and `store` are relative to its start.
 *
 * - `second`: a memory beside the guest's; nothing of the guest's is touched.
 * - `region`: the pages behind the end of the guest's memory. `memory.size` does not count them, and
 *   `memory.grow` moves them up. What this bends: an access by the guest just past its end hits the
 *   region instead of trapping, and the host sees a larger memory.
 */
export interface OwnMemory {
  readonly kind: "region" | "second";
  /** Pushes what must be added to a relative address: nothing in a second memory. */
  pushBase(sink: Sink): void;
  /** As instructions: turns the relative address on the stack into one for `load` and `store`. */
  readonly rebase: readonly Instruction[];
  /** Immediates of a load or store: the exponent of the alignment and the offset. */
  memarg(align: number, offset: number): number[];
  /** Appends a load or store (its one-byte code) at the address on the stack. */
  access(sink: Sink, code: number, align: number, offset: number): void;
  /** As instructions: makes our memory larger by the pages on the stack; -1 or the old size results. */
  readonly grow: Instruction;
  /** As instructions: pushes our memory's size in bytes. */
  readonly size: readonly Instruction[];
  /** For a region: the functions and globals that stand in for the guest's memory instructions. */
  readonly guest?: { readonly grow: number; readonly pages: number; readonly sync: number };
}

function encodeLimits(min: number, max: number | undefined): Uint8Array {
  const sink = new Sink(16);
  sink.byte(max === undefined ? 0 : 1);
  sink.u32(min);
  if (max !== undefined) sink.u32(max);
  return sink.take();
}

/** Adds a memory of `pages` pages beside the guest's. Engines need the multi-memory proposal. */
export function secondMemory(module: Module, additions: Additions, pages: number): OwnMemory {
  const index = module.memories.length;
  additions.memory = encodeLimits(pages, undefined);
  return {
    kind: "second",
    pushBase: () => {},
    rebase: [],
    memarg: (align, offset) => [align | memoryFollows, index, offset],
    access(sink, code, align, offset) {
      sink.byte(code);
      sink.byte(align | memoryFollows);
      sink.u32(index);
      sink.u32(offset);
    },
    grow: ["memory.grow", index],
    size: [["memory.size", index], ["i32.const", 16], "i32.shl"],
  };
}

/**
 * Says whether the module has a host of its own making that sees the memory. Such hosts hold its buffer
 * until the guest tells them that it has grown, or compute its next size from the present one (Emscripten's and
 * Go's glue do): neither holds when pages behind the guest's come and go.
 */
function hasOwnHost({ imports, exports }: Module): boolean {
  const seesMemory = exports.some(({ kind, index }) => kind === "memory" && index === 0);
  return seesMemory && imports.some((entry) => entry.kind === "func" && !isWasi(entry.module));
}

function refuseRegion(memory: Limits | undefined, module: Module, trustHost: boolean): void {
  const instead = "use a second memory (--memory second) on a runtime that has multi-memory";
  if (memory === undefined) return;
  if (module.importedMemories > 0) {
    throw new Refusal(
      `a region needs a memory of the module's own, this one is imported: ${instead}`,
    );
  }
  if (!trustHost && hasOwnHost(module)) {
    throw new Refusal(
      `a region changes the size of the memory, which a host other than WASI may rely on: ${instead}`,
    );
  }
  if (memory.shared) throw new Refusal(`a region cannot move in a shared memory: ${instead}`);
  if (memory.is64) throw new Refusal(`a region needs a 32-bit memory: ${instead}`);
  if (memory.pageSizeLog2 !== 16) throw new Refusal(`a region needs pages of 64 KiB: ${instead}`);
}

/** Adds `pages` pages behind the guest's memory. Throws a `Refusal` where that cannot work. */
export function regionMemory(
  module: Module,
  additions: Additions,
  pages: number,
  trustHost: boolean,
): OwnMemory {
  const memory = module.memories[0];
  refuseRegion(memory, module, trustHost);
  const guestMin = Number(memory?.min ?? 0n);
  const guestMax = memory?.max === undefined ? mostPages : Number(memory.max);
  if (guestMin + pages > mostPages) {
    throw new Refusal("the guest's memory leaves no room for a region: use --memory second");
  }
  const physicalMax =
    memory?.max === undefined && memory !== undefined
      ? undefined
      : Math.min(mostPages, guestMax + Math.max(pages, mostRegionPages));
  const limits = encodeLimits(guestMin + pages, physicalMax);
  if (memory === undefined) additions.memory = limits;
  else additions.firstMemory = limits;

  const base = additions.global("i32", guestMin * pageBytes);
  const guestPages = additions.global("i32", guestMin);
  // Pages that the memory had when we looked last: more means that the host has grown it.
  const knownPages = additions.global("i32", guestMin + pages);
  const move = additions.add({
    name: "wasmscope.move",
    typeIndex: additions.type([i32], []),
    body: moveBody(base),
  });
  const sync = additions.add({
    name: "wasmscope.sync",
    typeIndex: additions.type([], []),
    body: syncBody({ base, guestPages, knownPages, move }),
  });
  const grow = additions.add({
    name: "wasmscope.memory_grow",
    typeIndex: additions.type([i32], [i32]),
    body: growBody({ base, guestPages, knownPages, move, guestMax }),
  });
  const growRegion = additions.add({
    name: "wasmscope.region_grow",
    typeIndex: additions.type([i32], [i32]),
    body: assembleBody(
      [[1, i32]],
      [
        ["local.get", 0],
        ["memory.grow", 0],
        ["local.set", 1],
        ["memory.size", 0],
        ["global.set", knownPages],
        ["local.get", 1],
      ],
    ),
  });
  return {
    kind: "region",
    pushBase: (sink) => {
      globalGet(sink, base);
      sink.byte(0x6a);
    },
    rebase: [["global.get", base], "i32.add"],
    memarg: (align, offset) => [align, offset],
    access(sink, code, align, offset) {
      sink.byte(code);
      sink.byte(align);
      sink.u32(offset);
    },
    grow: ["call", growRegion],
    size: [["memory.size", 0], ["i32.const", 16], "i32.shl", ["global.get", base], "i32.sub"],
    guest: { grow, pages: guestPages, sync },
  };
}

/** move(to): moves the region up to the byte address `to` and zeroes where it was. */
function moveBody(base: number): Uint8Array {
  const [to, size, end] = [0, 1, 2];
  return assembleBody(
    [[2, i32]],
    [
      // The region's size before the move: up to the end of the memory as it was known is not kept; the
      // caller has grown the memory by as much as the region moves.
      ["memory.size", 0],
      ["i32.const", 16],
      "i32.shl",
      ["local.get", to],
      "i32.sub",
      ["local.set", size],
      ["local.get", to],
      ["global.get", base],
      ["local.get", size],
      ["memory.copy", 0, 0],
      // Zero what the region leaves: it overlaps its new place when it moves by less than its size.
      ["global.get", base],
      ["i32.const", 0],
      ["local.get", to],
      ["global.get", base],
      "i32.sub",
      ["local.tee", end],
      ["local.get", size],
      ["local.get", end],
      ["local.get", size],
      "i32.lt_u",
      "select",
      ["memory.fill", 0],
      ["local.get", to],
      ["global.set", base],
    ],
  );
}

/**
 * sync(): when the host has grown the memory, gives the guest all pages that the host has seen, those of the
 * region among them, and moves the region behind. Where the memory cannot grow so far, the region stays.
 */
function syncBody(at: {
  base: number;
  guestPages: number;
  knownPages: number;
  move: number;
}): Uint8Array {
  const size = 0;
  return assembleBody(
    [[1, i32]],
    [
      ["memory.size", 0],
      ["local.tee", size],
      ["global.get", at.knownPages],
      "i32.eq",
      ["if", 0x40],
      "return",
      "end",
      ["local.get", size],
      ["global.set", at.guestPages],
      ["global.get", at.knownPages],
      ["global.get", at.base],
      ["i32.const", 16],
      "i32.shr_u",
      "i32.sub",
      ["memory.grow", 0],
      ["i32.const", -1],
      "i32.ne",
      ["if", 0x40],
      ["local.get", size],
      ["i32.const", 16],
      "i32.shl",
      ["call", at.move],
      "end",
      ["memory.size", 0],
      ["global.set", at.knownPages],
    ],
  );
}

/** grow(pages): what `memory.grow` means to the guest. */
function growBody(at: {
  base: number;
  guestPages: number;
  knownPages: number;
  move: number;
  guestMax: number;
}): Uint8Array {
  const [pages, old] = [0, 1];
  return assembleBody(
    [[1, i32]],
    [
      ["global.get", at.guestPages],
      ["local.set", old],
      // More than the guest's own maximum allows, or more than there can be.
      ["local.get", pages],
      ["i32.const", at.guestMax],
      ["local.get", old],
      "i32.sub",
      "i32.gt_u",
      ["if", 0x40],
      ["i32.const", -1],
      "return",
      "end",
      ["local.get", pages],
      "i32.eqz",
      ["if", 0x40],
      ["local.get", old],
      "return",
      "end",
      ["local.get", pages],
      ["memory.grow", 0],
      ["i32.const", -1],
      "i32.eq",
      ["if", 0x40],
      ["i32.const", -1],
      "return",
      "end",
      ["memory.size", 0],
      ["global.set", at.knownPages],
      ["local.get", old],
      ["local.get", pages],
      "i32.add",
      ["global.set", at.guestPages],
      ["global.get", at.guestPages],
      ["i32.const", 16],
      "i32.shl",
      ["call", at.move],
      ["local.get", old],
    ],
  );
}
