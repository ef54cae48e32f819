import { demangle } from "../demangle.ts";
import { readerAt } from "./debug-sections.ts";
import { attribute } from "./constants.ts";
import type { Unit } from "./units.ts";
import { readReference, readText, skipValue } from "./values.ts";

/** The names of a function as its entry has them. */
export interface EntryName {
  readonly plain: string | undefined;
  readonly linkage: string | undefined;
  /** The linkage name as its programmer wrote it, else the plain one. */
  readonly shown: string | undefined;
}

const nameless: EntryName = { plain: undefined, linkage: undefined, shown: undefined };
/** References are followed no further: broken ones lead in circles. */
const maxHops = 16;

/** Finds names of functions, through the entries that theirs refer to, and remembers them. */
export class EntryNames {
  readonly #unitAt: (offset: number) => Unit | undefined;
  readonly #note: (error: unknown) => void;
  readonly #known = new Map<number, EntryName>();

  /** `unitAt` gives the unit that holds an offset of `.debug_info`. */
  constructor(unitAt: (offset: number) => Unit | undefined, note: (error: unknown) => void) {
    this.#unitAt = unitAt;
    this.#note = note;
  }

  /** Gives the names of the entry at an offset in `.debug_info`. */
  at(offset: number, hops = 0): EntryName {
    const known = this.#known.get(offset);
    if (known !== undefined) return known;
    let name = nameless;
    try {
      if (hops < maxHops) name = this.#read(offset, hops);
    } catch (error) {
      this.#note(error);
    }
    this.#known.set(offset, name);
    return name;
  }

  #read(offset: number, hops: number): EntryName {
    const unit = this.#unitAt(offset);
    if (unit === undefined) return nameless;
    const { sections, abbreviations } = unit;
    const reader = readerAt(sections.bytes, sections.info, offset);
    reader.end = sections.info.start + unit.header.end;
    const code = reader.uleb();
    if (code === 0) return nameless;
    const nth = abbreviations.find(code, reader.position);
    const { firstAttribute, attributes, forms } = abbreviations;
    let plain: string | undefined;
    let linkage: string | undefined;
    let origin: number | undefined;
    for (let at = firstAttribute[nth]!; at < firstAttribute[nth + 1]!; at++) {
      const shape = forms[at]!;
      switch (attributes[at]) {
        case attribute.name:
          plain = readText(reader, shape, unit);
          break;
        case attribute.linkageName:
        case attribute.mipsLinkageName:
          linkage = readText(reader, shape, unit);
          break;
        case attribute.abstractOrigin:
        case attribute.specification:
          origin = readReference(reader, shape, unit) ?? origin;
          break;
        default:
          skipValue(reader, shape, unit);
      }
    }
    if (origin !== undefined && (plain === undefined || linkage === undefined)) {
      const other = this.at(origin, hops + 1);
      // Most entries say nothing themselves, and demangling takes its time.
      if (plain === undefined && linkage === undefined) return other;
      plain ??= other.plain;
      linkage ??= other.linkage;
    }
    return { plain, linkage, shown: linkage === undefined ? plain : demangle(linkage) };
  }
}
