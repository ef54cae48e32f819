/**
 * Names the custom sections that speak of code offsets or of relocations, and would lie about the
 * instrumented module. Profiles refer to the original module, which has them.
 */
export function staleCustom(name: string): boolean {
  return (
    name.startsWith(".debug_") ||
    name.startsWith("reloc.") ||
    name.startsWith("metadata.code.") ||
    name === "linking" ||
    name === "sourceMappingURL" ||
    name === "external_debug_info" ||
    name === "build_id"
  );
}
