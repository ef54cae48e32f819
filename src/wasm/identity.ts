import { readCalls } from "./calls.ts";
import { isComponent, rewriteCoreModules } from "./component.ts";
import { decodeModule } from "./decode.ts";
import { rewriteModule } from "./rewrite.ts";

/**
 * Decodes a module or component completely and writes it again without a change: the same bytes.
 * Throws a `DecodeError` when the file is malformed.
 */
export function identity(bytes: Uint8Array): Uint8Array {
  if (isComponent(bytes)) return rewriteCoreModules(bytes, identity);
  const module = decodeModule(bytes);
  readCalls(module);
  return rewriteModule(module, { body: () => false });
}
