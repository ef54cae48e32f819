type Callable = (...values: readonly unknown[]) => unknown;

/**
 * Turns texts into what an exported function takes: BigInts for i64, numbers for all else. The type of a parameter
 * shows in how the engine refuses a symbol in its place, before it runs anything.
 */
export function argumentsFor(target: Callable, texts: readonly string[]): (number | bigint)[] {
  const values: (number | bigint)[] = [];
  for (const text of texts) {
    const probe: unknown[] = [...values, Symbol("probe")];
    values.push(wantsBigInt(target, probe) ? BigInt(text) : Number(text));
  }
  return values;
}

function wantsBigInt(target: Callable, probe: readonly unknown[]): boolean {
  try {
    target(...probe);
    return false;
  } catch (error) {
    return error instanceof TypeError && error.message.includes("BigInt");
  }
}
