import { closeSync } from "node:fs";
import { Elf } from "../elf.ts";
import { attachUprobeMulti, programType } from "./kernel.ts";
import type { Kernel, MapShape } from "./kernel.ts";

/** A program and its maps, loaded into the kernel; they are gone when their descriptors are closed. */
export interface LoadedObject {
  /** Descriptors, by the names in the source. */
  readonly maps: ReadonlyMap<string, number>;
  readonly shapes: ReadonlyMap<string, MapShape>;
  readonly programs: ReadonlyMap<string, number>;
}

/** `R_BPF_64_64`: the 64-bit immediate of two instructions is a symbol's address. */
const relocation64 = 1;
/** In such an instruction's source register: the immediate is a map's descriptor. */
const pseudoMapFd = 1;
const mapBytes = 16;
const programSection = "program/";
/** Programs that uprobes call; the others stand for raw tracepoints. */
const uprobePrograms = ["enter", "leave"];

/**
 * Loads a compiled object (`wasi.bpf.c` says how maps and programs are found in it): creates its maps, puts their
 * descriptors into the programs and loads these. Throws a `KernelRefusal` or an `ElfError`.
 */
export function loadObject(kernel: Kernel, bytes: Uint8Array): LoadedObject {
  const elf = new Elf((offset, length) => bytes.subarray(offset, offset + length));
  const shapes = readMaps(elf);
  const maps = new Map<string, number>();
  const programs = new Map<string, number>();
  try {
    for (const [name, shape] of shapes) maps.set(name, kernel.createMap(shape));
    loadPrograms(kernel, elf, maps, programs);
  } catch (error) {
    for (const descriptor of [...programs.values(), ...maps.values()]) closeSync(descriptor);
    throw error;
  }
  return { maps, shapes, programs };
}

function loadPrograms(
  kernel: Kernel,
  elf: Elf,
  maps: ReadonlyMap<string, number>,
  programs: Map<string, number>,
): void {
  for (const [index, section] of elf.sections.entries()) {
    if (!section.name.startsWith(programSection)) continue;
    const name = section.name.slice(programSection.length);
    const uprobe = uprobePrograms.includes(name);
    const instructions = elf.content(section).slice();
    relocate(elf, index, instructions, maps);
    programs.set(
      name,
      kernel.loadProgram({
        name,
        type: uprobe ? programType.kprobe : programType.rawTracepoint,
        attachType: uprobe ? attachUprobeMulti : 0,
        instructions,
      }),
    );
  }
}

function readMaps(elf: Elf): Map<string, MapShape> {
  const index = elf.sections.findIndex(({ name }) => name === "maps");
  const content = elf.content(elf.sections[index]!);
  const view = new DataView(content.buffer, content.byteOffset, content.length);
  const shapes = new Map<string, MapShape>();
  for (const { name, section, size, address } of elf.symbols(elf.section(".symtab")!)) {
    if (section !== index || size !== mapBytes) continue;
    const field = (nth: number): number => view.getUint32(address + 4 * nth, true);
    shapes.set(name, {
      name,
      type: field(0),
      keyBytes: field(1),
      valueBytes: field(2),
      entries: field(3),
    });
  }
  return shapes;
}

/** Puts descriptors where a program loads the address of a map. */
function relocate(
  elf: Elf,
  section: number,
  instructions: Uint8Array,
  maps: ReadonlyMap<string, number>,
): void {
  const table = elf.sections.find(({ name, info }) => name.startsWith(".rel") && info === section);
  if (table === undefined) return;
  const symbols = elf.symbols(elf.sections[table.link]!);
  const content = elf.content(table);
  const view = new DataView(content.buffer, content.byteOffset, content.length);
  const code = new DataView(instructions.buffer, instructions.byteOffset, instructions.length);
  for (let at = 0; at < content.length; at += 16) {
    const offset = Number(view.getBigUint64(at, true));
    const type = view.getUint32(at + 8, true);
    const symbol = symbols[view.getUint32(at + 12, true)]!;
    const descriptor = maps.get(symbol.name);
    if (type !== relocation64 || descriptor === undefined) {
      throw new Error(`an eBPF object with a relocation that is not understood: ${symbol.name}`);
    }
    code.setUint8(offset + 1, (code.getUint8(offset + 1) & 0x0f) | (pseudoMapFd << 4));
    code.setInt32(offset + 4, descriptor, true);
  }
}
