import { parseDecltype } from "./names.ts";
import type { Node } from "./nodes.ts";
import type { Parser } from "./parser.ts";
import { parseSubstitution, parseTemplateParam } from "./substitutions.ts";
import { parseOperatorName, parseSourceName } from "./unqualified-names.ts";

/** Reads a name that depends on template parameters: `[gs] [sr <scopes>] <name>`. */
export function parseUnresolvedName(parser: Parser): Node {
  const global = parser.take("gs");
  if (!parser.take("sr")) return globalized(global, parseBaseName(parser));
  if (parser.take("N")) {
    const scope = parseScopes(parser, parseUnresolvedType(parser));
    return { kind: "nested", scope, name: parseBaseName(parser) };
  }
  if (parser.atDigit) {
    const scope = parseScopes(parser, globalized(global, parseSimpleName(parser)));
    return { kind: "nested", scope, name: parseBaseName(parser) };
  }
  const scope = parseUnresolvedType(parser);
  return { kind: "nested", scope, name: parseBaseName(parser) };
}

function globalized(global: boolean, child: Node): Node {
  return global ? { kind: "prefixed", prefix: "::", child } : child;
}

function parseScopes(parser: Parser, first: Node): Node {
  let scope = first;
  while (!parser.take("E")) scope = { kind: "nested", scope, name: parseSimpleName(parser) };
  return scope;
}

/** Reads a template parameter, a `decltype` or a substitution, with template arguments if they follow. */
function parseUnresolvedType(parser: Parser): Node {
  const type = parseTypeAlone(parser);
  return parser.peek() === "I"
    ? parser.substitutable({
        kind: "template",
        name: type,
        args: parser.rules.templateArgs(parser),
      })
    : type;
}

function parseTypeAlone(parser: Parser): Node {
  if (parser.peek() === "T") return parser.substitutable(parseTemplateParam(parser));
  if (parser.peek() === "D") return parser.substitutable(parseDecltype(parser));
  if (parser.take("St")) {
    const name = parseSourceName(parser);
    return parser.substitutable({ kind: "nested", scope: { kind: "text", text: "std" }, name });
  }
  return parseSubstitution(parser);
}

function parseBaseName(parser: Parser): Node {
  if (parser.take("dn")) {
    const child = parser.atDigit ? parseSimpleName(parser) : parseUnresolvedType(parser);
    return { kind: "prefixed", prefix: "~", child };
  }
  if (parser.atDigit) return parseSimpleName(parser);
  parser.expect("on");
  return withArgs(parser, parseOperatorName(parser));
}

function parseSimpleName(parser: Parser): Node {
  return withArgs(parser, parseSourceName(parser));
}

function withArgs(parser: Parser, name: Node): Node {
  return parser.peek() === "I"
    ? { kind: "template", name, args: parser.rules.templateArgs(parser) }
    : name;
}
