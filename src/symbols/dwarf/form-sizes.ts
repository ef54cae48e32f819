import { form } from "./constants.ts";

/** What decides how long values are in a unit. */
export interface Encoding {
  readonly version: number;
  /** Bytes of an address. */
  readonly addressSize: number;
  /** Bytes of an offset: 4, or 8 in 64-bit DWARF. */
  readonly offsetSize: number;
}

const fixedSizes: ReadonlyMap<number, number> = new Map([
  [form.data1, 1],
  [form.ref1, 1],
  [form.flag, 1],
  [form.strx1, 1],
  [form.addrx1, 1],
  [form.data2, 2],
  [form.ref2, 2],
  [form.strx2, 2],
  [form.addrx2, 2],
  [form.strx3, 3],
  [form.addrx3, 3],
  [form.data4, 4],
  [form.ref4, 4],
  [form.refSup4, 4],
  [form.strx4, 4],
  [form.addrx4, 4],
  [form.data8, 8],
  [form.ref8, 8],
  [form.refSig8, 8],
  [form.refSup8, 8],
  [form.data16, 16],
  [form.flagPresent, 0],
  [form.implicitConst, 0],
]);

/** Says how many bytes a form takes in a unit, or -1 where that depends on the value. */
export function fixedFormSize(shape: number, encoding: Encoding): number {
  switch (shape) {
    case form.addr:
      return encoding.addressSize;
    case form.refAddr:
      // DWARF 2 made references to other units as wide as addresses.
      return encoding.version <= 2 ? encoding.addressSize : encoding.offsetSize;
    case form.secOffset:
    case form.strp:
    case form.lineStrp:
    case form.strpSup:
    case form.gnuRefAlt:
    case form.gnuStrpAlt:
      return encoding.offsetSize;
    default:
      return fixedSizes.get(shape) ?? -1;
  }
}
