import type { ModuleFunctions } from "./functions.ts";

type Column = (number | null)[];

interface Thread {
  readonly stringArray?: string[];
  readonly funcTable?: { name: Column; fileName?: Column; lineNumber?: Column };
  readonly nativeSymbols?: { name: Column };
}

/**
 * Names the functions of a parsed profile of the Firefox Profiler, in place. Texts are added, never
 * changed: a marker may use the same one.
 */
export function symbolizeFirefox(file: unknown, functions: ModuleFunctions): void {
  const { threads, shared } = file as { threads: Thread[]; shared?: Thread };
  const all = [...threads, ...(shared ? [shared] : [])];
  functions.angledAreDefined(all.flatMap(({ stringArray }) => stringArray ?? []));
  for (const tables of all) {
    const strings = tables.stringArray ?? shared?.stringArray;
    if (strings === undefined) continue;
    const indices = new Map<string, number>();
    const indexOf = (text: string): number => {
      const index = indices.get(text) ?? strings.push(text) - 1;
      indices.set(text, index);
      return index;
    };
    const { funcTable, nativeSymbols } = tables;
    funcTable?.name.forEach((string, func) => {
      const own = functions.framesOf(strings[string ?? -1] ?? "")?.[0];
      if (own === undefined) return;
      funcTable.name[func] = indexOf(own.name);
      if (own.file === undefined || own.line === undefined) return;
      if (funcTable.fileName) funcTable.fileName[func] = indexOf(own.file);
      if (funcTable.lineNumber) funcTable.lineNumber[func] = own.line;
    });
    nativeSymbols?.name.forEach((string, symbol) => {
      const own = functions.framesOf(strings[string ?? -1] ?? "")?.[0];
      if (own !== undefined) nativeSymbols.name[symbol] = indexOf(own.mangledName ?? own.name);
    });
  }
}

/** Names the functions of a parsed speedscope file, in place. */
export function symbolizeSpeedscope(file: unknown, functions: ModuleFunctions): void {
  const { shared } = file as {
    shared: { frames: { name: string; file?: string; line?: number }[] };
  };
  for (const frame of shared.frames) {
    const own = functions.framesOf(frame.name)?.[0];
    if (own === undefined) continue;
    frame.name = own.name;
    if (own.file !== undefined) frame.file = own.file;
    if (own.line !== undefined) frame.line = own.line;
  }
}
