/** Joins parts of a path; an absolute part makes those before it void, and empty ones are left out. */
export function joinPath(...parts: readonly string[]): string {
  let path = "";
  for (const part of parts) {
    if (part === "") continue;
    if (path === "" || isAbsolute(part)) path = part;
    else path += path.endsWith("/") ? part : `/${part}`;
  }
  return path;
}

// Compilers that run on Windows write its paths, and builds that are to look alike everywhere URLs (`wasisdk://…`).
function isAbsolute(path: string): boolean {
  return /^(?:\/|\\\\|[^/\\]+:[/\\])/.test(path);
}
