import { addTree, ProfileBuilder } from "./builder.ts";
import type { BlockCount, Profile, ValueType } from "./model.ts";
import { ProfileError } from "./profile-error.ts";

/**
 * Adds the values of two profiles of one module, stack by stack. Associative: what the first profile
 * has comes first, in its order. Throws a `ProfileError` when the numbers do not mean the same.
 */
export function mergeProfiles(first: Profile, second: Profile): Profile {
  checkSame("module", first.module.sha256, second.module.sha256);
  checkSame("mode", first.mode, second.mode);
  checkSame("value types", describe(first.valueTypes), describe(second.valueTypes));
  const blocks = mergeBlocks(first.blocks, second.blocks);
  const builder = new ProfileBuilder({
    ...first,
    ...(blocks && { blocks }),
    notes: [...new Set([...first.notes, ...second.notes])],
  });
  addTree(builder, first);
  addTree(builder, second);
  return builder.build();
}

function checkSame(what: string, first: string, second: string): void {
  if (first !== second) {
    throw new ProfileError(`profiles of different ${what} do not add up: ${first} and ${second}`);
  }
}

function describe(types: readonly ValueType[]): string {
  return types.map(({ name, unit }) => `${name}/${unit}`).join(", ");
}

function mergeBlocks(
  first: readonly BlockCount[] | undefined,
  second: readonly BlockCount[] | undefined,
): BlockCount[] | undefined {
  if (!first && !second) return undefined;
  // Offsets count from the start of the file; a trap cuts a block, so its length may differ.
  const sums = new Map<string, BlockCount>();
  for (const block of [...(first ?? []), ...(second ?? [])]) {
    const key = `${block.offset} ${block.instructions}`;
    const count = (sums.get(key)?.count ?? 0) + block.count;
    sums.set(key, { ...block, count });
  }
  return [...sums.values()];
}
