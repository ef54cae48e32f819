/** Items of an array that are spelled at once. */
const STEP = 1000;

/** Spells a value as `JSON.stringify` does, in pieces: whole, a profile of a million functions is too long a text. */
export function* jsonPieces(value: unknown): Generator<string> {
  if (Array.isArray(value)) {
    yield "[";
    for (let start = 0; start < value.length; start += STEP) {
      const part = JSON.stringify(value.slice(start, start + STEP)).slice(1, -1);
      yield start === 0 ? part : `,${part}`;
    }
    yield "]";
  } else if (typeof value === "object" && value !== null) {
    let before = "{";
    for (const [key, member] of Object.entries(value)) {
      if (member === undefined) continue;
      yield `${before}${JSON.stringify(key)}:`;
      if (typeof member === "object") yield* jsonPieces(member);
      else yield JSON.stringify(member);
      before = ",";
    }
    yield before === "{" ? "{}" : "}";
  } else {
    yield JSON.stringify(value);
  }
}
