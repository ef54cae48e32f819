import { whereIs } from "../../sys/index.ts";

/** Finds the user's clang: the plain one, or else the newest of those with a version in their names. */
export function findClang(): string | undefined {
  const names = ["clang", ...Array.from({ length: 16 }, (_, older) => `clang-${26 - older}`)];
  return names.map(whereIs).find((path) => path !== undefined);
}
