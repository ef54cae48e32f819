import { Cursor, Sink } from "../bytes/index.ts";
import { concatenate } from "./rewrite.ts";
import { magic, placed } from "./decode.ts";

/** Ids of a component's sections that hold other modules. */
const coreModuleSection = 1;
const componentSection = 4;

/** A deeper nesting of components than any tool makes: a malformed file shall not exhaust the stack. */
const deepest = 100;

/** Says whether the file is a component (a container of core modules) rather than a core module. */
export function isComponent(bytes: Uint8Array): boolean {
  return bytes.length >= 8 && magic.every((byte, at) => bytes[at] === byte) && bytes[6] === 1;
}

/**
 * Rewrites the core modules inside a component, in the order of the file, also in nested components;
 * everything else is copied. `rewrite` returns the same array to leave a module as it is.
 * https://github.com/WebAssembly/component-model/blob/main/design/mvp/Binary.md
 */
export function rewriteCoreModules(
  bytes: Uint8Array,
  rewrite: (module: Uint8Array, ordinal: number) => Uint8Array,
): Uint8Array {
  let ordinal = 0;
  const component = (content: Uint8Array, fileOffset: number, depth: number): Uint8Array => {
    const cursor = new Cursor(content);
    if (depth > deepest) cursor.fail("components are nested too deeply", fileOffset);
    const pieces = [content.subarray(0, 8)];
    cursor.skip(8);
    let copied = 8;
    while (!cursor.done) {
      const sectionStart = cursor.position;
      const id = cursor.byte();
      const size = cursor.u32();
      const start = cursor.skip(size);
      if (id !== coreModuleSection && id !== componentSection) continue;
      const inner = content.subarray(start, start + size);
      const changed =
        id === coreModuleSection
          ? rewrite(inner, ordinal++)
          : component(inner, fileOffset + start, depth + 1);
      if (changed === inner) continue;
      // A size that has not changed keeps its (perhaps over-long) form.
      const header =
        changed.length === size
          ? content.subarray(sectionStart, start)
          : encodeHeader(id, changed.length);
      pieces.push(content.subarray(copied, sectionStart), header, changed);
      copied = start + size;
    }
    if (copied === 8) return content;
    pieces.push(content.subarray(copied));
    return concatenate(pieces);
  };
  try {
    return component(bytes, 0, 0);
  } catch (error) {
    throw placed("component", error);
  }
}

function encodeHeader(id: number, size: number): Uint8Array {
  const sink = new Sink(16);
  sink.byte(id);
  sink.u32(size);
  return sink.take();
}

/** Lists the core modules inside a component, in the order of the file. */
export function coreModules(bytes: Uint8Array): Uint8Array[] {
  const modules: Uint8Array[] = [];
  rewriteCoreModules(bytes, (module) => {
    modules.push(module);
    return module;
  });
  return modules;
}
