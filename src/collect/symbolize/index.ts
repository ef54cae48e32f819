import { editPprof, ProfileError, readProfile, formats } from "../../profile/index.ts";
import type { Frame, Profile } from "../../profile/index.ts";
import type { PerfMap } from "../../symbols/index.ts";
import { symbolizeCpuProfile } from "./cpuprofile.ts";
import type { ModuleFunctions, SymbolizeReport } from "./functions.ts";
import { checkModule } from "./module-hashes.ts";
import { symbolizeFirefox, symbolizeSpeedscope } from "./tables.ts";
import { symbolizeFolded, symbolizePerfScript } from "./text.ts";

/** A profile whose functions have names. */
export interface Symbolized {
  /** In the format that it was in, unzipped; what is not understood is as it was. */
  readonly bytes: Uint8Array;
  /** Name of the format, `perf script` among them. */
  readonly format: string;
  readonly report: SymbolizeReport;
}

/** What a profile is repaired with. */
export interface SymbolizeOptions {
  readonly functions: ModuleFunctions;
  /** Hashes that the module may have in profiles, the file's own first; none is checked when left out. */
  readonly hashes?: readonly string[];
  readonly perfMap?: PerfMap;
}

/**
 * Gives names, and lines where they are known, to functions of a module in a profile that another tool
 * wrote, in place. Returns null when the bytes are no profile. Throws a `ProfileError` when it is of
 * another module.
 */
export function symbolizeProfile(
  bytes: Uint8Array,
  { functions, hashes, perfMap }: SymbolizeOptions,
): Symbolized | null {
  const read = readProfile(bytes);
  if (read === null) return null;
  const check = (hash: string): void => {
    if (hashes !== undefined) checkModule(hash, hashes);
  };
  const { name } = read.format;
  if (name !== "pprof") check(read.profile.module.sha256);
  const text = (edit: (text: string) => string): Uint8Array =>
    new TextEncoder().encode(edit(new TextDecoder().decode(bytes)));
  const json = (edit: (file: unknown, functions: ModuleFunctions) => void): Uint8Array =>
    text((source) => {
      const file: unknown = JSON.parse(source);
      edit(file, functions);
      return JSON.stringify(file);
    });
  const edited = (): Uint8Array => {
    switch (name) {
      case "cpuprofile":
        return json(symbolizeCpuProfile);
      case "firefox":
        return json(symbolizeFirefox);
      case "speedscope":
        return json(symbolizeSpeedscope);
      case "pprof":
        return editPprof(
          bytes,
          (symbol) => functions.framesOf(symbol),
          (_file, buildId) => check(buildId),
        );
      case "folded":
        return text((source) => symbolizeFolded(source, functions));
      case "perf script":
        return text((source) => symbolizePerfScript(source, functions, perfMap));
      case "json":
        return formats
          .find((format) => format.name === name)!
          .write(renamed(read.profile, functions));
      default:
        throw new ProfileError(`profiles in ${name} cannot be repaired`);
    }
  };
  return { bytes: edited(), format: name, report: functions.report };
}

/** In our own format functions have their index: those without a name are `func[12]`. */
function renamed(profile: Profile, functions: ModuleFunctions): Profile {
  const frames = profile.frames.map((frame): Frame => {
    const own = functions.framesOf(frame.name)?.[0];
    return own === undefined ? frame : { ...frame, ...own };
  });
  return { ...profile, frames };
}

export type { SymbolizeReport } from "./functions.ts";
export { ModuleFunctions } from "./functions.ts";
export { moduleHashes } from "./module-hashes.ts";
