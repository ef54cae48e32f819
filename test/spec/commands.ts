import { readFileSync } from "node:fs";

/** One constant of a script: floats as the decimal of their bits, so that NaNs are exact. */
export type Value =
  | { readonly type: "v128"; readonly lane_type: LaneType; readonly value: readonly string[] }
  | { readonly type: "either"; readonly values: readonly Value[] }
  | { readonly type: ScalarType; readonly value?: string };

export type LaneType = "i8" | "i16" | "i32" | "i64" | "f32" | "f64";
export type ScalarType = "i32" | "i64" | "f32" | "f64" | RefType;
export type RefType =
  | "externref"
  | "funcref"
  | "anyref"
  | "eqref"
  | "i31ref"
  | "structref"
  | "arrayref"
  | "exnref"
  | "refnull"
  | "nullref"
  | "nullfuncref"
  | "nullexternref"
  | "nullexnref";

export type Action =
  | {
      readonly type: "invoke";
      readonly module?: string;
      readonly field: string;
      readonly args: readonly Value[];
    }
  | { readonly type: "get"; readonly module?: string; readonly field: string };

interface File {
  readonly filename: string;
  /** Missing where wabt means a binary. */
  readonly module_type?: "binary" | "text";
  /** The binary that a module in the text format stands for. */
  readonly binary_filename?: string;
}

/** One command of a converted script, as wasm-tools and wabt write it. */
export type Command = { readonly line: number } & (
  | ({ readonly type: "module" | "module_definition"; readonly name?: string } & File)
  | { readonly type: "module_instance"; readonly instance: string; readonly module: string }
  | { readonly type: "register"; readonly name?: string; readonly as: string }
  | { readonly type: "action"; readonly action: Action }
  | {
      readonly type: "assert_return";
      readonly action: Action;
      readonly expected: readonly Value[];
    }
  | {
      readonly type: "assert_trap" | "assert_exhaustion";
      readonly action: Action;
      readonly text: string;
    }
  | { readonly type: "assert_exception"; readonly action: Action }
  | ({ readonly type: FileAssertion; readonly text: string } & File)
);

export type FileAssertion =
  "assert_invalid" | "assert_malformed" | "assert_uninstantiable" | "assert_unlinkable";

/** Reads the commands of one converted script. */
export function readCommands(path: string): readonly Command[] {
  const { commands } = JSON.parse(readFileSync(path, "utf8")) as { commands: readonly Command[] };
  return commands;
}

/** Names the file that holds a command's module in the binary format, or nothing where there is only text. */
export function binaryOf(file: File): string | undefined {
  return file.module_type === "text" ? file.binary_filename : file.filename;
}
