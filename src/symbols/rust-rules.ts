import type { Reader } from "./rust-reader.ts";

/** The grammar's rules call each other in a circle; files reach one another through this table. */
export interface Rules {
  /** The offset that back references count from. */
  readonly start: number;
  readonly path: (reader: Reader, inValue: boolean) => string;
  readonly type: (reader: Reader) => string;
  readonly constant: (reader: Reader, inValue: boolean) => string;
}
