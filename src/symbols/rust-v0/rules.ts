import type { Reader } from "./reader.ts";

/** The grammar's rules call each other in a circle; files reach one another through this table. */
export interface Rules {
  /** The offset that back references count from. */
  readonly start: number;
  path(reader: Reader, inValue: boolean): string;
  type(reader: Reader): string;
  constant(reader: Reader, inValue: boolean): string;
}
