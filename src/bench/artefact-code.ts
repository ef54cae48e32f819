/** Where an ELF file of 64 bits, little-endian, has what is read here (System V ABI, chapter 4). */
const header = { sectionOffset: 40, sectionSize: 58, sectionCount: 60 } as const;
const section = { type: 4, offset: 24, size: 32, link: 40 } as const;
const symbol = { name: 0, info: 4, size: 16, bytes: 24 } as const;
const SYMTAB = 2;
const FUNC = 2;

/**
 * Adds up the machine code of a module's functions in an artefact of wasmtime, which is an ELF file: the sizes of their
 * symbols, without what the engine puts around them and without the padding of sections to the target's pages. Throws
 * an Error for what is no such file.
 */
export function functionBytes(artefact: Uint8Array): number {
  const view = new DataView(artefact.buffer, artefact.byteOffset, artefact.byteLength);
  if (artefact.length < 64 || view.getUint32(0) !== 0x7f45_4c46 || artefact[4] !== 2) {
    throw new Error("no ELF file of 64 bits");
  }
  const start = Number(view.getBigUint64(header.sectionOffset, true));
  const step = view.getUint16(header.sectionSize, true);
  const at = (nth: number): number => start + nth * step;
  const count = view.getUint16(header.sectionCount, true);
  for (let nth = 0; nth < count; nth++) {
    if (view.getUint32(at(nth) + section.type, true) !== SYMTAB) continue;
    const names = Number(
      view.getBigUint64(at(view.getUint32(at(nth) + section.link, true)) + section.offset, true),
    );
    return sumOfFunctions(view, at(nth), names);
  }
  throw new Error("an ELF file without symbols");
}

function sumOfFunctions(view: DataView, table: number, names: number): number {
  const offset = Number(view.getBigUint64(table + section.offset, true));
  const end = offset + Number(view.getBigUint64(table + section.size, true));
  let sum = 0;
  for (let at = offset; at < end; at += symbol.bytes) {
    if ((view.getUint8(at + symbol.info) & 15) !== FUNC) continue;
    const name = textAt(view, names + view.getUint32(at + symbol.name, true));
    if (/^wasm\[\d+\]::function\[/.test(name)) {
      sum += Number(view.getBigUint64(at + symbol.size, true));
    }
  }
  return sum;
}

function textAt(view: DataView, start: number): string {
  let text = "";
  for (let at = start; view.getUint8(at) !== 0; at++)
    text += String.fromCharCode(view.getUint8(at));
  return text;
}
