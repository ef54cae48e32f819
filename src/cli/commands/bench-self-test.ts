import type { Io, Parsed } from "../command.ts";

/** Tests whether this machine can tell differences. */
export async function selfTest(_parsed: Parsed, _io: Io): Promise<number> {
  return 0;
}
