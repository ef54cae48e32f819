/** What a runtime can do, found by doing it. */
export interface FeatureReport {
  /** Proposals whose probe ran and gave what it should, by the names of `featuresOf`. */
  readonly proposals: readonly string[];
  /** Functions of WASI preview 1 that had their effect, or said success where none can be seen. */
  readonly wasi: readonly string[];
  /** Functions that answered, but that could not be tried: those of sockets. */
  readonly untried: readonly string[];
  /** Functions whose import alone makes the runtime refuse a module. */
  readonly unlinkable: readonly string[];
  /** Why the others are missing: the engine's words, an errno, or what was seen. */
  readonly without: Readonly<Record<string, string>>;
}

/** Gives what a module needs and a runtime has not, each with the reason; nothing where it can be run. */
export function lackingFeatures(
  report: FeatureReport,
  needs: { readonly proposals: readonly string[]; readonly wasi: readonly string[] },
): { readonly name: string; readonly why: string }[] {
  const known = new Set([...report.proposals, ...report.wasi, ...report.untried]);
  return [...needs.proposals, ...needs.wasi]
    .filter((name) => !known.has(name) && report.without[name] !== undefined)
    .map((name) => ({ name, why: report.without[name]! }));
}
