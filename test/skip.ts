/**
 * Skips a test for want of a part that this machine does not have; the reason names the command that mends
 * it. Throws it under `WASMSCOPE_CI`, where every part is installed: a skip there would hide tests for good.
 */
export function missing(reason: string): { readonly skip: string } {
  if (process.env["WASMSCOPE_CI"]) throw new Error(`missing where nothing may be: ${reason}`);
  return { skip: reason };
}
