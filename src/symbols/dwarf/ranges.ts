import { DecodeError } from "../../bytes/index.ts";
import { readerAt } from "./debug-sections.ts";
import { indexedAddress } from "./values.ts";
import type { UnitContext } from "./values.ts";

/**
 * Takes a range of addresses; `high` is the first one behind it. Ranges of functions that the linker removed
 * begin at zero or at the largest addresses, according to its age.
 */
export type RangeVisitor = (low: number, high: number) => void;

const entry = {
  endOfList: 0,
  baseAddressx: 1,
  startxEndx: 2,
  startxLength: 3,
  offsetPair: 4,
  baseAddress: 5,
  startEnd: 6,
  startLength: 7,
} as const;

/**
 * Reads the range list that `DW_AT_ranges` names; `index` says that the value is an index into the unit's
 * table of lists (`DW_FORM_rnglistx`). `base` is what offsets in the list count from. Throws a `DecodeError`
 * at the list's first fault.
 */
export function visitRanges(
  context: UnitContext,
  value: number,
  index: boolean,
  base: number,
  visit: RangeVisitor,
): void {
  if (context.version < 5) visitOldRanges(context, value, base, visit);
  else visitRangeList(context, index ? listOffset(context, value) : value, base, visit);
}

function listOffset(context: UnitContext, index: number): number {
  const { sections, offsetSize, rangeLists } = context;
  const at = rangeLists + index * offsetSize;
  return rangeLists + readerAt(sections.bytes, sections.rnglists, at).unsigned(offsetSize);
}

/** `.debug_ranges`, DWARF 3 and 4: 2.17.3. */
function visitOldRanges(
  context: UnitContext,
  offset: number,
  unitBase: number,
  visit: RangeVisitor,
): void {
  const { sections, addressSize } = context;
  const reader = readerAt(sections.bytes, sections.ranges, offset);
  const largest = addressSize === 8 ? 2 ** 64 : 2 ** (8 * addressSize) - 1;
  let base = unitBase;
  for (;;) {
    const low = reader.unsigned(addressSize);
    const high = reader.unsigned(addressSize);
    if (low === 0 && high === 0) return;
    if (low === largest) base = high;
    else visit(base + low, base + high);
  }
}

/** `.debug_rnglists`, DWARF 5: 7.25. */
function visitRangeList(
  context: UnitContext,
  offset: number,
  unitBase: number,
  visit: RangeVisitor,
): void {
  const { sections, addressSize } = context;
  const reader = readerAt(sections.bytes, sections.rnglists, offset);
  const address = (): number => reader.unsigned(addressSize);
  const indexed = (): number => indexedAddress(context, reader.uleb());
  let base = unitBase;
  for (;;) {
    const kind = reader.u8();
    switch (kind) {
      case entry.endOfList:
        return;
      case entry.baseAddressx:
        base = indexed();
        break;
      case entry.baseAddress:
        base = address();
        break;
      case entry.startxEndx:
        visit(indexed(), indexed());
        break;
      case entry.startEnd:
        visit(address(), address());
        break;
      case entry.startxLength:
        visitLength(indexed(), reader.uleb(), visit);
        break;
      case entry.startLength:
        visitLength(address(), reader.uleb(), visit);
        break;
      case entry.offsetPair:
        visit(base + reader.uleb(), base + reader.uleb());
        break;
      default:
        throw new DecodeError(`unknown range list entry ${kind}`, reader.position - 1);
    }
  }
}

function visitLength(low: number, length: number, visit: RangeVisitor): void {
  visit(low, low + length);
}
