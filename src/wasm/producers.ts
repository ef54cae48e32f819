import { Cursor, DecodeError } from "../bytes/index.ts";
import { customSections } from "./module.ts";
import type { Module } from "./module.ts";

/** Reads the section `producers`: languages, compilers and tools with their versions; empty if broken. */
export function readProducers(module: Module): { field: string; name: string; version: string }[] {
  const entries: { field: string; name: string; version: string }[] = [];
  for (const section of customSections(module, "producers")) {
    const cursor = new Cursor(module.bytes, section.contentStart, section.end);
    try {
      for (let fields = cursor.count(2); fields > 0; fields--) {
        const field = cursor.name();
        for (let values = cursor.count(2); values > 0; values--) {
          entries.push({ field, name: cursor.name(), version: cursor.name() });
        }
      }
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
    }
  }
  return entries;
}
