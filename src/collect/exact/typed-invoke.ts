import { Cursor } from "../../bytes/index.ts";
import { CannotRun } from "../../runtimes/index.ts";
import type { GuestOptions } from "../../runtimes/index.ts";
import { valueTypeNames } from "../../wasm/index.ts";
import type { Module } from "../../wasm/index.ts";

/** Turns text into arguments of the types that the function takes. Throws a `CannotRun` where it does not fit. */
export function typedInvoke(
  module: Module,
  { name, args }: { readonly name: string; readonly args: readonly string[] },
): NonNullable<GuestOptions["invoke"]> {
  const functions = module.exports.filter(({ kind }) => kind === "func");
  const target = functions.find((entry) => entry.name === name);
  if (target === undefined) {
    const names = functions.map((entry) => entry.name).join(", ");
    throw new CannotRun(`no function ${name} is exported; there are: ${names}`);
  }
  const type = module.types[module.functions[target.index]!];
  const wanted = type?.kind === "func" ? valueTypeNames(new Cursor(type.params)) : [];
  if (wanted.length !== args.length) {
    throw new CannotRun(
      `${name} takes ${wanted.length} arguments (${wanted.join(", ")}), ${args.length} are given`,
    );
  }
  return { name, args: args.map((text, at) => parseArgument(text, wanted[at]!)) };
}

function parseArgument(text: string, type: string): number | bigint {
  try {
    if (type === "i64") return BigInt(text);
  } catch {
    throw new CannotRun(`${text} is no i64`);
  }
  const value = Number(text);
  if (!["i32", "f32", "f64"].includes(type)) {
    throw new CannotRun(`an argument of type ${type} cannot be given on the command line`);
  }
  if (text.trim() === "" || (Number.isNaN(value) && text !== "nan")) {
    throw new CannotRun(`${text} is no ${type}`);
  }
  return value;
}
