/** Says what is wrong with a raw profile: it is damaged, or of another module. */
export class RawProfileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "RawProfileError";
  }
}
