import type { Model } from "./model.ts";

/** What a search found. */
export interface Found {
  /** For each function whether its name matches; empty when nothing is searched. */
  readonly functions: Uint8Array;
  readonly count: number;
  /** Value of all stacks on which a match is. */
  readonly value: number;
}

/** Returns a test for names: words in any order without regard to case, or `/a regular expression/`. */
export function matcherOf(query: string): ((name: string) => boolean) | undefined {
  const text = query.trim();
  if (text === "") return undefined;
  const pattern = /^\/(.+)\/$/.exec(text)?.[1];
  if (pattern !== undefined) {
    try {
      const expression = new RegExp(pattern, "iu");
      return (name) => expression.test(name);
    } catch {
      // Not finished yet, or not meant as one.
    }
  }
  const words = text.toLowerCase().split(/\s+/);
  return (name) => {
    const lower = name.toLowerCase();
    return words.every((word) => lower.includes(word));
  };
}

/** Finds functions by their names, shown or mangled, and adds up the stacks that they are on. */
export function search(model: Model, column: number, query: string): Found {
  const matches = matcherOf(query);
  if (matches === undefined) return { functions: new Uint8Array(0), count: 0, value: 0 };
  const functions = Uint8Array.from(model.functions, ({ name, mangled, marks }) =>
    Number(!marks.includes("rest") && (matches(name) || matches(mangled ?? ""))),
  );
  let value = 0;
  for (let node = 0; node < model.parents.length;) {
    const hit = functions[model.nodeFunctions[node]!] === 1;
    if (hit) value += model.total[column]![node]!;
    node = hit ? model.ends[node]! : node + 1;
  }
  return { functions, count: functions.reduce((sum, hit) => sum + hit, 0), value };
}
