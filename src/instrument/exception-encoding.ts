import { InstructionReader, placedInBody, readLocals } from "../wasm/index.ts";
import type { Module } from "../wasm/index.ts";

/** The two ways to catch: `try` with `catch_all`, or `try_table` with exception references. */
export type ExceptionEncoding = "legacy" | "exnref";

/** What a module does with exceptions. */
export interface ExceptionUse {
  /** How it catches, which its engine understands, then; undefined when it catches nothing. */
  readonly encoding: ExceptionEncoding | undefined;
  readonly throws: boolean;
}

/** Finds out how a module throws and catches. Reads bodies up to the first that catches. */
export function exceptionUse(module: Module): ExceptionUse {
  const { bytes, bodies } = module;
  const reader = new InstructionReader(bytes);
  let throws = false;
  for (let defined = 0; defined < bodies.start.length; defined++) {
    try {
      const end = bodies.end[defined]!;
      reader.reset(readLocals(bytes, bodies.start[defined]!, end).codeStart, end);
      while (reader.position < end) {
        reader.next();
        if (reader.code === 0x06) return { encoding: "legacy", throws: true };
        if (reader.code === 0x1f) return { encoding: "exnref", throws: true };
        if (reader.code === 0x08 || reader.code === 0x0a) throws = true;
      }
    } catch (error) {
      throw placedInBody(module, defined, error);
    }
  }
  return { encoding: undefined, throws };
}
