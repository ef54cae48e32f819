import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * Endings of source files. A module can name any file in its debug data: what is no source text is not read,
 * so that no report carries a private file away.
 */
const sourceEnding =
  /\.(?:[chmdS]|cc|cp|cpp|cxx|c\+\+|hh|hpp|hxx|inl|inc|ipp|tcc|mm|rs|go|zig|swift|kt|kts|java|scala|nim|cr|jl|hs|ml|mli|f|f90|pas|ad[bs]|odin|v|ts|as|js|mjs|cs|fs|py|rb|lua|php|vala|wat|s|asm|moon|mbt|gr|dart|sol|ha|c3)$/i;

const mostBytes = 16 * 2 ** 20;

/**
 * Finds source files by the names that debug data gives them: as they are, or below one of `folders`, where
 * leading parts of the name are left out until a file is there. Gives their lines, undefined where none is found.
 */
export function sourceFinder(
  folders: readonly string[],
): (file: string) => readonly string[] | undefined {
  const known = new Map<string, readonly string[] | undefined>();
  return (file) => {
    if (!known.has(file)) known.set(file, readLines(file, folders));
    return known.get(file);
  };
}

function readLines(file: string, folders: readonly string[]): readonly string[] | undefined {
  if (!sourceEnding.test(file)) return undefined;
  for (const path of candidates(file, folders)) {
    try {
      const { size } = statSync(path);
      if (size > mostBytes) continue;
      return readFileSync(path, "utf8").split(/\r?\n/);
    } catch {
      // Not there: the next place may have it.
    }
  }
  return undefined;
}

function* candidates(file: string, folders: readonly string[]): Generator<string> {
  yield file;
  const parts = file.split(/[/\\]/).filter((part) => part !== "" && part !== "." && part !== "..");
  for (const folder of folders) {
    for (let skipped = 0; skipped < parts.length; skipped++) {
      yield join(folder, ...parts.slice(skipped));
    }
  }
}
