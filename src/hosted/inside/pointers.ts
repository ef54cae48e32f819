import { guestBase, lastAddress, pageLog2, scratchStart } from "../layout.ts";
import { gtu, load32, memorySize, store32 } from "./machine.ts";

// The guest's addresses are `guestBase` higher for the host.

/** How many buffers a list may have on its way to the host. */
const mostBuffers = 4096;
/** Where answers of few bytes go, behind the lists of buffers. */
export const answer: number = scratchStart + 8 * mostBuffers;

/** Gives the host's address for the guest's, or one that no memory has. */
export function guestPointer(address: number): number {
  return gtu(address, lastAddress) ? -1 : address + guestBase;
}

/** Tells whether so many bytes from the guest's address on are in its memory. */
export function isGuests(address: number, bytes: number): boolean {
  const size = (memorySize() - (guestBase >>> pageLog2)) << pageLog2;
  return !gtu(bytes, size) && !gtu(address, size - bytes);
}

/** Gives a list of buffers with the host's addresses. */
export function guestBuffers(list: number, count: number): number {
  if (gtu(count, mostBuffers)) return -1;
  const from = guestPointer(list);
  for (let index = 0; index < count; index++) {
    const to = scratchStart + index * 8;
    store32(to, 0, guestPointer(load32(from + index * 8, 0)));
    store32(to, 4, load32(from + index * 8, 4));
  }
  return scratchStart;
}
