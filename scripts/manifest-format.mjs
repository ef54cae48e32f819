// How workloads/manifest.json is written: what fits on a line stands on one, so that a size is a line and a row can be read.

/** Gives a manifest as text. */
export const formatManifest = (manifest) => `${formatted(manifest)}\n`;

/** Formats JSON with what fits on a line on one: a size is a line, and a row can be read. */
function formatted(value, indent = "") {
  const short = JSON.stringify(value);
  if (typeof value !== "object" || short.length + indent.length < 120) return spaced(value);
  const entries = Array.isArray(value)
    ? value.map((each) => ["", each])
    : Object.entries(value).map(([key, each]) => [`"${key}": `, each]);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  const deeper = `${indent}  `;
  const lines = entries.map(([key, each]) => `${deeper}${key}${formatted(each, deeper)}`);
  return `${open}\n${lines.join(",\n")}\n${indent}${close}`;
}

/** Formats JSON on one line, as people write it. */
function spaced(value) {
  if (Array.isArray(value)) return `[${value.map(spaced).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, each]) => `"${key}": ${spaced(each)}`);
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}
