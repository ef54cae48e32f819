import { valueType } from "../wasm/index.ts";
import type { FuncType } from "../wasm/index.ts";

/**
 * Where a function that moves bytes is told how many, and says how many it has moved: places of parameters. `list` is
 * the address of pairs of address and length, `count` how many pairs; `length` a length itself.
 */
export interface Mover {
  readonly list?: number;
  readonly count?: number;
  readonly length?: number;
  /** Points to where the number of moved bytes is written; where it is absent, success moves all. */
  readonly moved?: number;
}

const { i32, i64 } = valueType;
const movers: Readonly<Record<string, Mover & { readonly params: readonly number[] }>> = {
  fd_read: { list: 1, count: 2, moved: 3, params: [i32, i32, i32, i32] },
  fd_write: { list: 1, count: 2, moved: 3, params: [i32, i32, i32, i32] },
  fd_pread: { list: 1, count: 2, moved: 4, params: [i32, i32, i32, i64, i32] },
  fd_pwrite: { list: 1, count: 2, moved: 4, params: [i32, i32, i32, i64, i32] },
  fd_readdir: { length: 2, moved: 4, params: [i32, i32, i32, i64, i32] },
  path_readlink: { length: 4, moved: 5, params: [i32, i32, i32, i32, i32, i32] },
  random_get: { length: 1, params: [i32, i32] },
  sock_recv: { list: 1, count: 2, moved: 4, params: [i32, i32, i32, i32, i32, i32] },
  sock_send: { list: 1, count: 2, moved: 4, params: [i32, i32, i32, i32, i32] },
};

/** Says how a function moves bytes; undefined for one that moves none, or whose type is not WASI's. */
export function moverOf(name: string, type: FuncType): Mover | undefined {
  const mover = movers[name];
  return mover?.params.join() === type.params.join() && type.results.join() === String(i32)
    ? mover
    : undefined;
}
