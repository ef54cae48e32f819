import { basename } from "node:path";
import { DecodeError } from "../bytes/index.ts";
import { formatOf } from "../profile/index.ts";
import type { Format, Profile } from "../profile/index.ts";
import { outputFormats } from "../report/index.ts";
import { parseSymbolMap, SymbolMapError } from "../symbols/index.ts";
import { gzip, readInput, sha256, writeOutput } from "../sys/index.ts";
import { decodeModule, magic, readNames } from "../wasm/index.ts";
import { UsageError } from "./command.ts";

/** Reads a module and says what profiles call it. */
export function readModule(path: string): { bytes: Uint8Array; module: Profile["module"] } {
  const bytes = readInput(path);
  return { bytes, module: { name: basename(path), sha256: sha256(bytes) } };
}

/** Reads names for functions from a symbol map (`index:name` lines) or a module; a source map has none. */
export function readSymbols(path: string | undefined): ReadonlyMap<number, string> | undefined {
  if (path === undefined) return undefined;
  const bytes = readInput(path);
  return inFile(path, () => {
    if (magic.every((byte, nth) => bytes[nth] === byte))
      return readNames(decodeModule(bytes)).functions;
    const text = new TextDecoder().decode(bytes);
    return /^(?:\)\]\}'.*\n)?\s*\{/.test(text) ? undefined : parseSymbolMap(text);
  });
}

/** Says that a file beside the one that a command is about is not what it should be: `path: what`. */
export class FileError extends Error {
  constructor(message: string, cause: Error) {
    super(message, { cause });
    this.name = "FileError";
  }
}

/** Names the file in what goes wrong with its content, where that is not the command's first file. */
export function inFile<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof DecodeError || error instanceof SymbolMapError) {
      throw new FileError(`${path}: ${error.message}`, error);
    }
    throw error;
  }
}

/** Finds the format for an output file, before anything long is done. */
export function outputFormat(path: string, name: string | undefined): Format {
  const format =
    name === undefined
      ? formatOf(path, outputFormats)
      : outputFormats.find((candidate) => candidate.name === name);
  if (format !== undefined) return format;
  const known = outputFormats
    .map((entry) => `${entry.name} (${entry.extensions.join(", ")})`)
    .join(", ");
  throw new UsageError(
    name === undefined
      ? `cannot tell the format of ${path} by its ending; there are ${known}; or say --format`
      : `there is no format ${name}; there are ${known}`,
  );
}

/** Writes a profile to a file in a format. */
export function writeProfile(path: string, format: Format, profile: Profile): void {
  const bytes = format.write(profile);
  const zipped = format.gzip || path.toLowerCase().endsWith(".gz");
  writeOutput(path, zipped ? gzip(bytes) : bytes);
}

/** Reads a whole number of at least one from an option. */
export function positive(text: string, option: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new UsageError(`--${option} wants a whole number above zero, not ${text}`);
  }
  return value;
}

const unitsMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** Reads a duration (`500ms`, `1.5s`, `2m`, `1h`; seconds without a unit) from an option, in milliseconds. */
export function duration(text: string, option: string): number {
  const [, number, unit = "s"] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  const ms = Number(number) * unitsMs[unit as keyof typeof unitsMs];
  // A timer's limit: 2^31 milliseconds.
  if (!(ms > 0 && ms < 2 ** 31)) {
    throw new UsageError(`--${option} wants a duration such as 500ms, 2s or 1m, not ${text}`);
  }
  return ms;
}

const powers = { "": 0, k: 1, m: 2, g: 3 } as const;

/** Reads a size (`64MiB`, `64m`, `1g`; bytes without a unit) from an option, in bytes. */
export function byteCount(text: string, option: string): number {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)([kmg])?(?:i?b)?$/i.exec(text) ?? [];
  const bytes = Number(number) * 1024 ** powers[unit.toLowerCase() as keyof typeof powers];
  if (!(bytes >= 1 && bytes <= Number.MAX_SAFE_INTEGER)) {
    throw new UsageError(`--${option} wants a size such as 64MiB or 1g, not ${text}`);
  }
  return Math.floor(bytes);
}

/** Picks one of several words from an option. */
export function oneOf<T extends string>(text: string, choices: readonly T[], option: string): T {
  const found = choices.find((choice) => choice === text);
  if (found === undefined) {
    throw new UsageError(`--${option} is one of ${choices.join(", ")}, not ${text}`);
  }
  return found;
}
