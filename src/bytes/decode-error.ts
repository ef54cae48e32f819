/** Says that bytes are not what the format demands, and where: `offset` counts from the start of the file. */
export class DecodeError extends Error {
  /** Byte offset in the whole file at which the fault was noticed. */
  readonly offset: number;
  /** The fault alone, without the offset. */
  readonly what: string;

  constructor(what: string, offset: number) {
    super(`${what} (at offset 0x${offset.toString(16)})`);
    this.name = "DecodeError";
    this.what = what;
    this.offset = offset;
  }
}
