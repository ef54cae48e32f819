import { ProfileError } from "../../profile/index.ts";
import { sha256 } from "../../sys/index.ts";
import { concatenate, decodeModule, sectionId } from "../../wasm/index.ts";
import type { Section } from "../../wasm/index.ts";

/**
 * Returns the hashes that a module has in profiles, its own first: those of the same module as tools
 * strip it are as good.
 */
export function moduleHashes(bytes: Uint8Array): string[] {
  const { sections } = decodeModule(bytes);
  const variants: ((section: Section) => boolean)[] = [
    () => true,
    ({ id }) => id !== sectionId.custom,
    ({ customName }) => customName !== "name",
    ({ customName = "" }) => !customName.startsWith(".debug"),
    ({ customName = "" }) => customName !== "name" && !customName.startsWith(".debug"),
    // What wasm-tools strip leaves without options.
    ({ customName }) =>
      customName === undefined || ["name", "component-type", "dylink.0"].includes(customName),
  ];
  const hashes = variants.map((kept) =>
    sha256(
      concatenate([
        bytes.subarray(0, 8),
        ...sections.filter(kept).map(({ start, end }) => bytes.subarray(start, end)),
      ]),
    ),
  );
  return [...new Set(hashes)];
}

/**
 * Throws a `ProfileError` with both hashes when a profile says that it is of another module. Other ids
 * (of machine code, say) prove nothing.
 */
export function checkModule(hash: string, hashes: readonly string[]): void {
  if (!/^[0-9a-f]{64}$/.test(hash) || hashes.includes(hash)) return;
  throw new ProfileError(
    `the profile is of a module with the SHA-256 ${hash}; that of the module is ${hashes[0]}`,
  );
}
