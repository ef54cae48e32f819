import type { DebugSections } from "./debug-sections.ts";
import { readerAt } from "./debug-sections.ts";
import { DecodeError } from "../../bytes/index.ts";
import { form } from "./constants.ts";
import { fixedFormSize } from "./form-sizes.ts";
import type { Encoding } from "./form-sizes.ts";

/** The shapes of debugging entries, as parallel arrays over the `nth` abbreviation of a table. */
export class Abbreviations {
  readonly tags: number[] = [];
  readonly hasChildren: boolean[] = [];
  /** Index of the first attribute in `attributes`; that of the next abbreviation ends it. */
  readonly firstAttribute: number[] = [0];
  /** Bytes that all attributes take together, -1 where that differs from entry to entry. */
  readonly sizes: number[] = [];
  readonly attributes: number[] = [];
  readonly forms: number[] = [];
  readonly implicitConstants: number[] = [];
  readonly #codes: number[] = [];
  #nthByCode: Map<number, number> | undefined;

  /** Reads the table at an offset in `.debug_abbrev`. Throws a `DecodeError` at its first fault. */
  constructor(sections: DebugSections, offset: number, encoding: Encoding) {
    const reader = readerAt(sections.bytes, sections.abbrev, offset);
    for (let code = reader.uleb(); code !== 0; code = reader.uleb()) {
      this.#codes.push(code);
      this.tags.push(reader.uleb());
      this.hasChildren.push(reader.u8() !== 0);
      let size = 0;
      for (;;) {
        const name = reader.uleb();
        const shape = reader.uleb();
        if (name === 0 && shape === 0) break;
        const constant = shape === form.implicitConst ? reader.sleb() : 0;
        this.attributes.push(name);
        this.forms.push(shape);
        this.implicitConstants.push(constant);
        const more = fixedFormSize(shape, encoding);
        size = size < 0 || more < 0 ? -1 : size + more;
      }
      this.sizes.push(size);
      this.firstAttribute.push(this.attributes.length);
    }
  }

  /** Finds an abbreviation by its code. Throws a `DecodeError` that names `offset` where there is none. */
  find(code: number, offset: number): number {
    // Compilers count from one.
    if (this.#codes[code - 1] === code) return code - 1;
    this.#nthByCode ??= new Map(this.#codes.map((known, nth) => [known, nth]));
    const nth = this.#nthByCode.get(code);
    if (nth === undefined) throw new DecodeError(`no abbreviation ${code}`, offset);
    return nth;
  }
}
