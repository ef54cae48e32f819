/** Kinds of types in BTF, with how many bytes follow the first twelve: always, and for each member. */
const sizes: Readonly<Record<number, readonly [fixed: number, each: number]>> = {
  1: [4, 0],
  3: [12, 0],
  4: [0, 12],
  5: [0, 12],
  6: [0, 8],
  13: [0, 8],
  14: [4, 0],
  15: [0, 12],
  17: [4, 0],
  19: [0, 12],
};
const kindStruct = 4;
const magic = 0xeb9f;

/**
 * Finds where a member lies in a structure of the kernel's, in bytes, from the kernel's own description of its types
 * (/sys/kernel/btf/vmlinux). Undefined when it is not there, or the description is none that is understood.
 */
export function memberOffset(
  btf: Uint8Array,
  structure: string,
  member: string,
): number | undefined {
  const view = new DataView(btf.buffer, btf.byteOffset, btf.length);
  if (btf.length < 24 || view.getUint16(0, true) !== magic) return undefined;
  const [header, typesAt, typesLength, namesAt, namesLength] = [4, 8, 12, 16, 20].map((at) =>
    view.getUint32(at, true),
  ) as [number, number, number, number, number];
  const end = header + typesAt + typesLength;
  const names = btf.subarray(header + namesAt, header + namesAt + namesLength);
  if (end > btf.length) return undefined;
  const wanted = nameOffsets(names, structure);
  for (let at = header + typesAt; at + 12 <= end;) {
    const info = view.getUint32(at + 4, true);
    const [kind, count] = [(info >>> 24) & 31, info & 0xffff];
    if (kind === kindStruct && wanted.has(view.getUint32(at, true))) {
      // With the flag, the upper eight bits are a bit field's width.
      const mask = info >>> 31 === 1 ? 0xffffff : 0xffffffff;
      for (let nth = 0; nth < count; nth++) {
        const entry = at + 12 + 12 * nth;
        if (nameAt(names, view.getUint32(entry, true)) !== member) continue;
        return (view.getUint32(entry + 8, true) & mask) >>> 3;
      }
    }
    const [fixed, each] = sizes[kind] ?? [0, 0];
    at += 12 + fixed + each * count;
  }
  return undefined;
}

/** Where a name is: names may end others, too, but not begin in the middle of one. */
function nameOffsets(names: Uint8Array, name: string): Set<number> {
  const found = new Set<number>();
  const bytes = Buffer.from(names.buffer, names.byteOffset, names.length);
  const needle = `${name}\0`;
  for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle, at + 1)) found.add(at);
  return found;
}

function nameAt(names: Uint8Array, offset: number): string {
  return Buffer.from(
    names.buffer,
    names.byteOffset + offset,
    names.indexOf(0, offset) - offset,
  ).toString();
}
