import { Cursor, DecodeError } from "../bytes/index.ts";
import { sectionId } from "../wasm/index.ts";
import type { Section } from "../wasm/index.ts";

/**
 * Lists the sections of a Wasm file that may be no whole module, as files are that hold debugging data only.
 * What is cut or no Wasm at all ends the list.
 */
export function scanSections(bytes: Uint8Array): Section[] {
  const sections: Section[] = [];
  const cursor = new Cursor(bytes, Math.min(8, bytes.length));
  try {
    while (!cursor.done) sections.push(readSection(cursor));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
  return sections;
}

function readSection(cursor: Cursor): Section {
  const start = cursor.position;
  const id = cursor.byte();
  const size = cursor.u32();
  const end = cursor.position + size;
  const inside = new Cursor(cursor.bytes, cursor.position, Math.min(end, cursor.end));
  const customName = id === sectionId.custom ? inside.name() : undefined;
  cursor.skip(size);
  return { id, customName, start, contentStart: inside.position, end };
}
