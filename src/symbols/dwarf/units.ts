import { DecodeError } from "../../bytes/index.ts";
import { Abbreviations } from "./abbreviations.ts";
import type { ByteReader } from "./byte-reader.ts";
import { attribute, form } from "./constants.ts";
import { readerAt } from "./debug-sections.ts";
import type { DebugSections } from "./debug-sections.ts";
import type { Encoding } from "./form-sizes.ts";
import { readInitialLength } from "./line-header.ts";
import { readAddress, readNumber, readText, skipValue } from "./values.ts";
import type { UnitContext } from "./values.ts";

const unitType = { compile: 1, type: 2, partial: 3, skeleton: 4, splitCompile: 5, splitType: 6 };

/** A unit of `.debug_info` as its header has it. Offsets count from the start of the section. */
export interface UnitHeader extends Encoding {
  readonly offset: number;
  readonly end: number;
  /** Offset of its abbreviations in `.debug_abbrev`. */
  readonly abbreviations: number;
  /** Offset of the unit's first entry. */
  readonly firstEntry: number;
  /** Whether the unit describes a type only, and has no code. */
  readonly typeUnit: boolean;
}

/** A unit with what its first entry says. */
export interface Unit extends UnitContext {
  readonly header: UnitHeader;
  readonly abbreviations: Abbreviations;
  readonly lineTable: number | undefined;
  readonly directory: string;
  readonly low: number | undefined;
  readonly high: number | undefined;
  readonly ranges: number | undefined;
  readonly rangesAreIndexed: boolean;
  /** Whether the unit's entries are in another file. */
  readonly split: boolean;
}

/** Reads the headers of all units. Faults are given to `note`, the unit is left out. */
export function readUnitHeaders(
  sections: DebugSections,
  note: (error: unknown) => void,
): UnitHeader[] {
  const headers: UnitHeader[] = [];
  const { bytes, info } = sections;
  let next = info.start;
  while (next < info.end) {
    const start = next;
    try {
      const reader = readerAt(bytes, info, start - info.start);
      const { length, offsetSize } = readInitialLength(reader);
      next = reader.position + length;
      reader.end = Math.min(next, info.end);
      headers.push(readUnitHeader(reader, start - info.start, reader.end - info.start, offsetSize));
      if (next > info.end) throw new DecodeError("the last unit is cut", info.end);
    } catch (error) {
      note(error);
      // Without its length nobody knows where the next unit begins.
      if (next === start) return headers;
    }
  }
  return headers;
}

function readUnitHeader(
  reader: ByteReader,
  offset: number,
  end: number,
  offsetSize: number,
): UnitHeader {
  const version = reader.u16();
  if (version < 2 || version > 5) {
    throw new DecodeError(`DWARF of version ${version}`, reader.position - 2);
  }
  let type = unitType.compile;
  let addressSize = 0;
  if (version >= 5) {
    type = reader.u8();
    addressSize = reader.u8();
  }
  const abbreviations = reader.unsigned(offsetSize);
  if (version < 5) addressSize = reader.u8();
  if (addressSize !== 4 && addressSize !== 8) {
    throw new DecodeError(`addresses of ${addressSize} bytes`, reader.position - 1);
  }
  const typeUnit = type === unitType.type || type === unitType.splitType;
  if (type === unitType.skeleton || type === unitType.splitCompile) reader.skip(8);
  if (typeUnit) reader.skip(8 + offsetSize);
  const firstEntry = reader.position - (reader.end - end);
  return { offset, end, version, addressSize, offsetSize, abbreviations, firstEntry, typeUnit };
}

/** Reads a unit's first entry. Throws a `DecodeError` at its first fault. */
export function readUnit(
  sections: DebugSections,
  header: UnitHeader,
  abbreviations: Abbreviations,
): Unit {
  const plain: UnitContext = { ...header, sections, ...bases(sections, header, abbreviations) };
  const reader = readerAt(sections.bytes, sections.info, header.firstEntry);
  reader.end = sections.info.start + header.end;
  const unit = {
    ...plain,
    header,
    abbreviations,
    lineTable: undefined as number | undefined,
    directory: "",
    low: undefined as number | undefined,
    high: undefined as number | undefined,
    ranges: undefined as number | undefined,
    rangesAreIndexed: false,
    split: false,
  };
  let length: number | undefined;
  forEachAttribute(reader, abbreviations, (name, shape, constant) => {
    switch (name) {
      case attribute.stmtList:
        unit.lineTable = readNumber(reader, shape, constant, plain);
        break;
      case attribute.compDir:
        unit.directory = readText(reader, shape, plain) ?? "";
        break;
      case attribute.lowPc:
        unit.low = readAddress(reader, shape, plain);
        break;
      case attribute.highPc:
        if (isConstant(shape)) length = readNumber(reader, shape, constant, plain);
        else unit.high = readAddress(reader, shape, plain);
        break;
      case attribute.ranges:
        unit.ranges = readNumber(reader, shape, constant, plain);
        unit.rangesAreIndexed = shape === form.rnglistx;
        break;
      case attribute.dwoName:
      case attribute.gnuDwoName:
        unit.split = true;
        skipValue(reader, shape, plain);
        break;
      default:
        skipValue(reader, shape, plain);
    }
  });
  if (length !== undefined && unit.low !== undefined) unit.high = unit.low + length;
  return unit;
}

/** Tells a `DW_AT_high_pc` that is a length from one that is an address. */
export function isConstant(shape: number): boolean {
  switch (shape) {
    case form.data1:
    case form.data2:
    case form.data4:
    case form.data8:
    case form.udata:
    case form.sdata:
    case form.implicitConst:
      return true;
    default:
      return false;
  }
}

/** The bases come first: attributes in front of them may need them already. */
function bases(
  sections: DebugSections,
  header: UnitHeader,
  abbreviations: Abbreviations,
): Pick<UnitContext, "strOffsets" | "addresses" | "rangeLists"> {
  // What follows the sections' own headers, where a unit does not say.
  const wide = header.offsetSize === 8;
  const found = { strOffsets: wide ? 16 : 8, addresses: wide ? 16 : 8, rangeLists: wide ? 20 : 12 };
  const reader = readerAt(sections.bytes, sections.info, header.firstEntry);
  reader.end = sections.info.start + header.end;
  forEachAttribute(reader, abbreviations, (name, shape, constant) => {
    const value = (): number => readNumber(reader, shape, constant, header) ?? 0;
    if (name === attribute.strOffsetsBase) found.strOffsets = value();
    else if (name === attribute.addrBase) found.addresses = value();
    else if (name === attribute.rnglistsBase) found.rangeLists = value();
    else skipValue(reader, shape, header);
  });
  return found;
}

function forEachAttribute(
  reader: ByteReader,
  abbreviations: Abbreviations,
  visit: (name: number, shape: number, constant: number) => void,
): void {
  const start = reader.position;
  const code = reader.uleb();
  if (code === 0) return;
  const nth = abbreviations.find(code, start);
  const { firstAttribute, attributes, forms, implicitConstants } = abbreviations;
  for (let at = firstAttribute[nth]!; at < firstAttribute[nth + 1]!; at++) {
    visit(attributes[at]!, forms[at]!, implicitConstants[at]!);
  }
}
