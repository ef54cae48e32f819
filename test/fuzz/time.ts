/** Seconds that each fuzzer may take; `FUZZ_SECONDS` gives more. */
export function fuzzMs(usualMs: number): number {
  const seconds = process.env["FUZZ_SECONDS"];
  return seconds === undefined ? usualMs : Number(seconds) * 1000;
}

/** The seed: always the same, so that a test fails again, or another one for each long run. */
export function fuzzSeed(): number {
  const seed = process.env["FUZZ_SEED"];
  if (seed !== undefined) return Number(seed);
  return process.env["FUZZ_SECONDS"] === undefined ? 20_240_607 : Date.now() % 2 ** 31;
}
