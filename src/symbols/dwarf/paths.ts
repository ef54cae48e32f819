/** Joins parts of a path; an absolute part makes those before it void, and empty ones are left out. */
export function joinPath(...parts: readonly string[]): string {
  let path = "";
  for (const part of parts) {
    if (part === "") continue;
    if (path === "" || isAbsolute(part)) path = part;
    else path = `${path.endsWith(separator(path)) ? path : path + separator(path)}${part}`;
  }
  return path;
}

// Compilers that run on Windows write its paths.
function isAbsolute(path: string): boolean {
  return /^(?:[/\\]|[A-Za-z]:[/\\])/.test(path);
}

function separator(path: string): string {
  return /^(?:[A-Za-z]:\\|\\\\)/.test(path) ? "\\" : "/";
}
