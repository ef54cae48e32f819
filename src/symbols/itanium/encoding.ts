import { parseName } from "./names.ts";
import type { Node } from "./nodes.ts";
import type { NameState, Parser } from "./parser.ts";
import { parseSpecialName } from "./special-names.ts";

/** Reads what follows `_Z`: a function with its signature, a variable, or a special name. */
export function parseEncoding(parser: Parser): Node {
  // An encoding inside another has template parameters of its own.
  const { templates, forwards, allowForward, allowTemplateArgs, lambdaLevel } = parser;
  parser.templates = [];
  parser.forwards = [];
  parser.allowForward = false;
  parser.allowTemplateArgs = true;
  parser.lambdaLevel = -1;
  const special = parser.peek() === "T" || parser.peek() === "G";
  const node = special ? parseSpecialName(parser) : parseEntity(parser);
  parser.templates = templates;
  parser.forwards = forwards;
  parser.allowForward = allowForward;
  parser.allowTemplateArgs = allowTemplateArgs;
  parser.lambdaLevel = lambdaLevel;
  return node;
}

function parseEntity(parser: Parser): Node {
  const { rules } = parser;
  const state: NameState = { structor: false, templated: false, explicitThis: false, suffix: "" };
  const name = parseName(parser, state);
  for (const forward of parser.forwards) {
    forward.target = parser.templates[0]?.[forward.index] ?? parser.fail();
  }
  if (atEnd(parser)) return name;
  const enableIf = parser.take("Ua9enable_if") ? rules.templateArgs(parser) : undefined;
  const result = state.templated && !state.structor ? rules.type(parser) : undefined;
  const params: Node[] = [];
  if (!parser.take("v")) {
    do params.push(rules.type(parser));
    while (!atEnd(parser));
  }
  const { explicitThis, suffix } = state;
  return { kind: "encoding", result, name, params, explicitThis, suffix, enableIf };
}

function atEnd(parser: Parser): boolean {
  const next = parser.peek();
  return next === "" || next === "E" || next === "." || next === "_";
}
