import { foldedName, parsePerfFrame } from "../../profile/index.ts";
import type { PerfMap } from "../../symbols/index.ts";
import type { ModuleFunctions } from "./functions.ts";

/** Names the functions in folded stacks; what was inlined gets frames of its own. */
export function symbolizeFolded(text: string, functions: ModuleFunctions): string {
  return text.replaceAll(
    /^(.+) (\d+(?:\.\d+)?)(\r?)$/gm,
    (_, stack: string, value: string, end) => {
      const frames = stack.split(";").flatMap((frame) => {
        const found = functions.framesOf(frame);
        return found === undefined ? [frame] : found.map(({ name }) => foldedName(name));
      });
      return `${frames.join(";")} ${value}${end}`;
    },
  );
}

/**
 * Names the functions in what `perf script` printed. With the map that the engine wrote, also the code
 * that perf found no name for.
 */
export function symbolizePerfScript(
  text: string,
  functions: ModuleFunctions,
  map: PerfMap | undefined,
): string {
  return text.replaceAll(/^\s+[0-9a-f]+ .*$/gm, (line) => {
    const frame = parsePerfFrame(line);
    if (frame === undefined) return line;
    const { start, address, symbol, end } = frame;
    const known = symbol === "[unknown]" ? map?.nameAt(BigInt(`0x${address}`)) : symbol;
    if (known === undefined) return line;
    const found = functions.framesOf(known);
    return `${start}${found ? found[0]!.name : known}${end}`;
  });
}
