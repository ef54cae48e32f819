/** Says that a name does not follow the scheme it seemed to follow, or is too large to be printed. */
class MalformedName extends Error {}

/**
 * The one instance that parsers throw and {@link orUndefined} catches: names that only look mangled are
 * common, and a new error for each would cost a stack trace.
 */
export const malformed: Error = new MalformedName("not a mangled name");

/** Returns what `demangle` makes of a name, or undefined when it gives up. */
export function orUndefined(demangle: () => string): string | undefined {
  try {
    return demangle();
  } catch (error) {
    if (error === malformed) return undefined;
    throw error;
  }
}
