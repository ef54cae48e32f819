import { orUndefined } from "./itanium/malformed.ts";
import { isSuffix, withoutLlvmSuffix } from "./rust-legacy.ts";
import { readConst } from "./rust-consts.ts";
import { readPath } from "./rust-paths.ts";
import { Reader } from "./rust-reader.ts";
import type { Rules } from "./rust-rules.ts";
import { readType } from "./rust-types.ts";

const start = 2;

/** Every rule through which nesting is possible, bounded in depth. */
const rules: Rules = {
  start,
  path: (reader, inValue) => reader.nest(() => readPath(reader, rules, inValue)),
  type: (reader) => reader.nest(() => readType(reader, rules)),
  constant: (reader, inValue) => reader.nest(() => readConst(reader, rules, inValue)),
};

/**
 * Demangles a name of Rust's v0 scheme (RFC 2603), `_R…`, or returns undefined. Crate hashes and the
 * types of constants are left out.
 */
export function demangleRustV0(name: string): string | undefined {
  const whole = withoutLlvmSuffix(name);
  if (!/^_R[A-Z]/.test(whole)) return undefined;
  return orUndefined(() => {
    const reader = new Reader(whole, start);
    const path = rules.path(reader, true);
    // The crate that made a copy of generic code is not printed.
    if (/[A-Z]/.test(reader.peek())) rules.path(reader, false);
    const suffix = whole.slice(reader.position);
    return isSuffix(suffix) ? path + suffix : reader.fail();
  });
}
