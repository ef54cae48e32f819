/** What engines and profilers say of a function that they have no name for. */
export interface WasmName {
  readonly funcIndex: number;
  /** Offset in the module's file. */
  readonly offset?: number;
  /** Whether it is of the form `<wasm function 12>`, in which wasmtime's guest profiles leave out imports. */
  readonly angled?: true;
}

/** V8 in perf's maps: a function with its index and the tier of its code, whatever its name. */
const V8_CODE =
  /^JS:[*~^?+']*(?!wasm-to-js|js-to-wasm)(?:.*-)?(\d+)-(?:liftoff|turbofan|interpreter)$/;

const ANGLED = /^(?:.*\W)?<wasm (?:function|fn) (\d+)>(?::(0x[0-9a-f]+))?$/;

/**
 * Forms that are the function's index, with what may stand in front of them (a module, a URL, a tier):
 * V8, SpiderMonkey and JavaScriptCore; wasmtime in perf's maps; wasmtime in stacks and its guest
 * profiles; WAMR's compiled code; WABT's and our own.
 */
const FORMS: readonly RegExp[] = [
  /^(?:.*\W)?wasm-function\[(\d+)\](?::(0x[0-9a-f]+|\d+))?\)?$/i,
  /^(?:.*\W)?wasm\[\d+\]::function\[(\d+)\](?:::.*)?$/,
  ANGLED,
  /^aot_func(?:_internal)?#(\d+)$/,
  /^func(?:tion)?\[(\d+)\]$/,
];

/** Recognises a function of a module that has no name, or undefined for any other text. */
export function parseWasmName(text: string): WasmName | undefined {
  // The patterns backtrack: a name longer than any of these forms is a name.
  if (text.length > 2000) return undefined;
  const code = V8_CODE.exec(text);
  if (code) return { funcIndex: Number(code[1]) };
  for (const form of FORMS) {
    const match = form.exec(text);
    if (match === null) continue;
    const [, index, offset] = match;
    return {
      funcIndex: Number(index),
      ...(offset !== undefined && { offset: Number(offset) }),
      ...(form === ANGLED && { angled: true }),
    };
  }
  return undefined;
}
