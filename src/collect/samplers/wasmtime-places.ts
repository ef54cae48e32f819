/** Where in the original module the machine code of its functions comes from. */
export type MachinePlaces = (symbol: string, offset: number) => MachinePlace | undefined;

/** A place in a module: a function and, where the compiler kept it, the offset of an instruction in the file. */
export interface MachinePlace {
  readonly funcIndex: number;
  readonly offset?: number;
}

const functionName = /^wasm\[0\]::function\[(\d+)\]/;
const functionLine = /^([0-9a-f]+) (wasm\[0\]::function\[\d+\].*?):$/;
const instructionLine = /^ *([0-9a-f]+): /;
const mapLine = /─╼ addrmap: 0x([0-9a-f]+)$/;

interface Code {
  readonly start: number;
  /** Offsets in the code at which another instruction of the module begins, rising. */
  readonly at: number[];
  readonly original: number[];
}

/**
 * Reads what `wasmtime objdump --addresses --addrmap` prints of a compiled module; the answer takes symbols as perf
 * prints them, and the offset in the code behind one.
 */
export function readMachinePlaces(lines: Iterable<string>): MachinePlaces {
  const functions = new Map<number, Code>();
  let code: Code | undefined;
  let address = 0;
  for (const line of lines) {
    const [, start, name] = functionLine.exec(line) ?? [];
    if (name !== undefined) {
      code = { start: parseInt(start!, 16), at: [], original: [] };
      functions.set(Number(functionName.exec(name)![1]), code);
      continue;
    }
    const [, instruction] = instructionLine.exec(line) ?? [];
    if (instruction !== undefined) address = parseInt(instruction, 16);
    const [, original] = mapLine.exec(line) ?? [];
    if (original === undefined || code === undefined) continue;
    code.at.push(address - code.start);
    code.original.push(parseInt(original, 16));
  }
  return (symbol, offset) => {
    const [, index] = functionName.exec(symbol) ?? [];
    if (index === undefined) return undefined;
    const funcIndex = Number(index);
    const known = functions.get(funcIndex);
    const found = known?.original[known?.at.findLastIndex((at) => at <= offset) ?? -1];
    return { funcIndex, ...(found !== undefined && { offset: found }) };
  };
}
