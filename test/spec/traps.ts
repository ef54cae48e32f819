const noFunction = /^(null function or function signature mismatch|function signature mismatch)/;

// The suite's words for a trap, and V8's, old and new. Older scripts say less ("out of bounds").
const messages: readonly (readonly [RegExp, RegExp])[] = [
  [/^unreachable$/, /^unreachable$/],
  [/^integer divide by zero$/, /^(divide|remainder) by zero$/],
  [/^integer overflow$/, /^(divide result|float) unrepresentable/],
  [/^invalid conversion to integer$/, /^float unrepresentable/],
  [/^out of bounds( memory access)?$/, /^(memory access|data segment \d*) ?(is )?out of bounds/],
  [/^out of bounds( table access)?$/, /^(table|element) (index is|access|segment) out of bounds/],
  [/^out of bounds array access$/, /^array element access out of bounds/],
  [/^undefined( element)?$/, /^table index is out of bounds/],
  [/^uninitialized( element( \d+)?)?$/, noFunction],
  [/^indirect call( type mismatch)?$/, noFunction],
  [/^unaligned atomic$/, /^operation does not support unaligned accesses/],
  [/^(null .*reference|null reference)$/, /^dereferencing a null pointer/],
  [/^cast failure$/, /^illegal cast/],
];

/** Gives a trap's message without what may differ harmlessly: how large the memory is that was too small. */
export function trapMessage(error: Error): string {
  return error.message.replace("WebAssembly.Instance(): ", "").replace(/, memory size \d+\)$/, ")");
}

/** Tells whether V8's message stands for the trap that a script names. */
export function isTrap(message: string, text: string): boolean {
  return messages.some(([suite, engine]) => suite.test(text) && engine.test(message));
}
