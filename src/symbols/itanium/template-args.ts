import { type Node, text } from "./nodes.ts";
import type { Parser } from "./parser.ts";

/**
 * Reads `I <arguments> E`. `tag` marks the arguments of the function itself: its signature's `T_` refer
 * to the last such list.
 */
export function parseTemplateArgs(parser: Parser, tag = false): Node {
  parser.expect("I");
  const outer: Node[] = [];
  if (tag) parser.templates = [outer];
  const list: Node[] = [];
  while (!parser.take("E")) {
    if (!tag) {
      list.push(parser.rules.templateArg(parser));
      continue;
    }
    // Only a parameter's declaration may refer to the arguments before it.
    parser.templates = atParamDecl(parser) ? [outer] : [];
    const arg = parser.rules.templateArg(parser);
    parser.templates = [outer];
    list.push(arg);
    outer.push(arg.kind === "arg-pack" ? { kind: "pack", elements: arg.elements } : arg);
  }
  return { kind: "args", list };
}

/** Reads one template argument: a type, an expression, a literal or a pack. */
export function parseTemplateArg(parser: Parser): Node {
  const { rules } = parser;
  switch (parser.peek()) {
    case "X": {
      parser.position++;
      const expression = rules.expression(parser);
      parser.expect("E");
      return expression;
    }
    case "J":
      parser.position++;
      return { kind: "arg-pack", elements: parser.listToEnd(rules.templateArg) };
    case "L":
      if (parser.peek(1) !== "Z") return rules.expression(parser);
      parser.position += 2;
      return endOf(parser, rules.encoding(parser));
    case "T":
      if (!atParamDecl(parser)) return rules.type(parser);
      // The parameter's declaration, given when it cannot be guessed, is not printed.
      parseParamDecl(parser, undefined);
      return rules.templateArg(parser);
    default:
      return rules.type(parser);
  }
}

function endOf(parser: Parser, node: Node): Node {
  parser.expect("E");
  return node;
}

/** Tells whether the declaration of a template parameter comes next: `Ty`, `Tn`, `Tt`, `Tp` or `Tk`. */
export function atParamDecl(parser: Parser): boolean {
  const letter = parser.peek(1);
  return parser.peek() === "T" && letter !== "" && "yntpk".includes(letter);
}

/** Reads the declaration of a template parameter and gives it a name, which goes to `scope`. */
export function parseParamDecl(parser: Parser, scope: Node[] | undefined): Node {
  parser.expect("T");
  const letter = parser.peek();
  parser.position++;
  switch (letter) {
    case "y":
      return { kind: "type-param", name: invent(parser, "T", scope) };
    case "k":
      return {
        kind: "value-param",
        type: parser.rules.name(parser),
        name: invent(parser, "T", scope),
      };
    case "n": {
      const name = invent(parser, "N", scope);
      return { kind: "value-param", name, type: parser.rules.type(parser) };
    }
    case "t": {
      const name = invent(parser, "TT", scope);
      const inner: Node[] = [];
      parser.templates.push(inner);
      const params = parser.listToEnd(() => parser.nest(() => parseParamDecl(parser, inner)));
      parser.templates.pop();
      return { kind: "template-param", name, params };
    }
    case "p":
      return { kind: "pack-param", param: parser.nest(() => parseParamDecl(parser, scope)) };
    default:
      return parser.fail();
  }
}

function invent(parser: Parser, kind: string, scope: Node[] | undefined): Node {
  const count = parser.invented.get(kind) ?? 0;
  if (scope !== undefined) parser.invented.set(kind, count + 1);
  const name = text(`$${kind}${count === 0 ? "" : count - 1}`);
  scope?.push(name);
  return name;
}
