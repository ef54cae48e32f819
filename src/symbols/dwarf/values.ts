import { DecodeError } from "../../bytes/index.ts";
import type { ByteReader } from "./byte-reader.ts";
import { form } from "./constants.ts";
import { readerAt } from "./debug-sections.ts";
import type { DebugSection, DebugSections } from "./debug-sections.ts";
import { fixedFormSize } from "./form-sizes.ts";
import type { Encoding } from "./form-sizes.ts";

/** Where a unit's indirect values lie: offsets in the sections that its indices count from. */
export interface Bases {
  readonly strOffsets: number;
  readonly addresses: number;
  readonly rangeLists: number;
}

/** What the values in a unit depend on. */
export interface UnitContext extends Encoding, Bases {
  readonly sections: DebugSections;
  /** Offset of the unit in `.debug_info`, from which its own references count. */
  readonly offset: number;
}

/** Skips a value. Throws a `DecodeError` at a form that DWARF 5 does not know. */
export function skipValue(reader: ByteReader, shape: number, encoding: Encoding): void {
  const size = fixedFormSize(shape, encoding);
  if (size >= 0) reader.skip(size);
  else skipVariable(reader, shape, encoding);
}

function skipVariable(reader: ByteReader, shape: number, encoding: Encoding): void {
  switch (shape) {
    case form.block1:
      reader.skip(reader.u8());
      return;
    case form.block2:
      reader.skip(reader.u16());
      return;
    case form.block4:
      reader.skip(reader.u32());
      return;
    case form.block:
    case form.exprloc:
      reader.skip(reader.uleb());
      return;
    case form.string:
      reader.skipText();
      return;
    case form.indirect:
      skipValue(reader, indirectForm(reader), encoding);
      return;
    case form.llvmAddrxOffset:
      reader.uleb();
      reader.skip(4);
      return;
    case form.sdata:
    case form.udata:
    case form.refUdata:
    case form.strx:
    case form.addrx:
    case form.loclistx:
    case form.rnglistx:
    case form.gnuAddrIndex:
    case form.gnuStrIndex:
      reader.uleb();
      return;
    default:
      throw new DecodeError(`unknown form 0x${shape.toString(16)}`, reader.position);
  }
}

/** Reads the form that stands in front of a value. A form that names itself again would be without end. */
function indirectForm(reader: ByteReader): number {
  const shape = reader.uleb();
  if (shape === form.indirect) throw new DecodeError("an indirect form twice", reader.position);
  return shape;
}

/** Reads a number: a constant, a flag or an offset. Other values are skipped and give undefined. */
export function readNumber(
  reader: ByteReader,
  shape: number,
  implicitConstant: number,
  encoding: Encoding,
): number | undefined {
  switch (shape) {
    case form.data1:
    case form.flag:
      return reader.u8();
    case form.data2:
      return reader.u16();
    case form.data4:
      return reader.u32();
    case form.data8:
      return reader.u64();
    case form.udata:
    case form.rnglistx:
    case form.loclistx:
      return reader.uleb();
    case form.sdata:
      return reader.sleb();
    case form.implicitConst:
      return implicitConstant;
    case form.flagPresent:
      return 1;
    case form.secOffset:
      return reader.unsigned(encoding.offsetSize);
    case form.indirect:
      return readNumber(reader, indirectForm(reader), 0, encoding);
    default:
      skipValue(reader, shape, encoding);
      return undefined;
  }
}

/** Reads an address, directly or from `.debug_addr`. Other values are skipped and give undefined. */
export function readAddress(
  reader: ByteReader,
  shape: number,
  context: UnitContext,
): number | undefined {
  switch (shape) {
    case form.addr:
      return reader.unsigned(context.addressSize);
    case form.addrx:
    case form.gnuAddrIndex:
      return indexedAddress(context, reader.uleb());
    case form.addrx1:
      return indexedAddress(context, reader.u8());
    case form.addrx2:
      return indexedAddress(context, reader.u16());
    case form.addrx3:
      return indexedAddress(context, reader.u24());
    case form.addrx4:
      return indexedAddress(context, reader.u32());
    case form.llvmAddrxOffset: {
      const address = indexedAddress(context, reader.uleb());
      return address + reader.u32();
    }
    case form.indirect:
      return readAddress(reader, indirectForm(reader), context);
    default:
      skipValue(reader, shape, context);
      return undefined;
  }
}

/** Gives an entry of `.debug_addr`. */
export function indexedAddress(context: UnitContext, index: number): number {
  const { sections, addressSize } = context;
  const offset = context.addresses + index * addressSize;
  return readerAt(sections.bytes, sections.addr, offset).unsigned(addressSize);
}

/** Reads a text, wherever it lies. Other values are skipped and give undefined. */
export function readText(
  reader: ByteReader,
  shape: number,
  context: UnitContext,
): string | undefined {
  const { sections, offsetSize } = context;
  switch (shape) {
    case form.string:
      return reader.text();
    case form.strp:
      return textAt(sections, sections.str, reader.unsigned(offsetSize));
    case form.lineStrp:
      return textAt(sections, sections.lineStr, reader.unsigned(offsetSize));
    case form.strx:
    case form.gnuStrIndex:
      return indexedText(context, reader.uleb());
    case form.strx1:
      return indexedText(context, reader.u8());
    case form.strx2:
      return indexedText(context, reader.u16());
    case form.strx3:
      return indexedText(context, reader.u24());
    case form.strx4:
      return indexedText(context, reader.u32());
    case form.indirect:
      return readText(reader, indirectForm(reader), context);
    default:
      skipValue(reader, shape, context);
      return undefined;
  }
}

function textAt(sections: DebugSections, section: DebugSection, offset: number): string {
  return readerAt(sections.bytes, section, offset).text();
}

function indexedText(context: UnitContext, index: number): string {
  const { sections, offsetSize } = context;
  const entry = context.strOffsets + index * offsetSize;
  const offset = readerAt(sections.bytes, sections.strOffsets, entry).unsigned(offsetSize);
  return textAt(sections, sections.str, offset);
}

/** Reads a reference as an offset in `.debug_info`. Those to other files and type units give undefined. */
export function readReference(
  reader: ByteReader,
  shape: number,
  context: UnitContext,
): number | undefined {
  switch (shape) {
    case form.ref1:
      return context.offset + reader.u8();
    case form.ref2:
      return context.offset + reader.u16();
    case form.ref4:
      return context.offset + reader.u32();
    case form.ref8:
      return context.offset + reader.u64();
    case form.refUdata:
      return context.offset + reader.uleb();
    case form.refAddr:
      return reader.unsigned(fixedFormSize(shape, context));
    case form.indirect:
      return readReference(reader, indirectForm(reader), context);
    default:
      skipValue(reader, shape, context);
      return undefined;
  }
}
