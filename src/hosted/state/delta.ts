import type { HostedState } from "./model.ts";

/**
 * Completes a state that holds only the pages which differ from those of its base. Throws a `RangeError` if the other
 * state is not the base.
 */
export function applyDelta(base: HostedState, delta: HostedState): HostedState {
  const { base: wanted, ...rest } = delta;
  const { chunks, checksum } = base.identity;
  if (wanted?.identity.chunks !== chunks || wanted.identity.checksum !== checksum) {
    throw new RangeError("the state does not build on this one");
  }
  const memories = delta.memories.map(({ sizePages, pages: changed }, index) => {
    const pages = new Map(base.memories[index]?.pages);
    for (const [number, content] of changed) {
      if (content === null) pages.delete(number);
      else pages.set(number, content);
    }
    return { sizePages, pages };
  });
  return { ...rest, memories };
}
