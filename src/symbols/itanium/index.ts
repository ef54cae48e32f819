import { orUndefined } from "./malformed.ts";
import { parseEncoding } from "./encoding.ts";
import { parseExpression } from "./expressions.ts";
import { parseName } from "./names.ts";
import { Parser, type Rules } from "./parser.ts";
import { print } from "./print.ts";
import { parseTemplateArg, parseTemplateArgs } from "./template-args.ts";
import { parseType } from "./types.ts";

/** Every rule through which nesting is possible, bounded in depth. */
const rules: Rules = {
  encoding: (parser) => parser.nest(parseEncoding),
  name: (parser, state) => parser.nest(() => parseName(parser, state)),
  type: (parser) => parser.nest(parseType),
  expression: (parser) => parser.nest(parseExpression),
  templateArgs: parseTemplateArgs,
  templateArg: (parser) => parser.nest(parseTemplateArg),
};

/** Demangles a name of the Itanium C++ ABI that starts with `_Z`, or returns undefined. */
export function demangleItanium(name: string): string | undefined {
  return orUndefined(() => {
    const parser = new Parser(name, rules);
    const block = parser.take("___Z");
    if (!block) parser.expect("_Z");
    const node = rules.encoding(parser);
    if (block) {
      const rest = name.slice(parser.position);
      if (!/^_block_invoke(?:_?[0-9]+)?(?:\..*)?$/.test(rest)) parser.fail();
      return `invocation function for block in ${print(node)}`;
    }
    if (parser.done) return print(node);
    // What the compiler made of a function after mangling: `.cold`, `.llvm.123`, `.isra.0`.
    if (parser.peek() !== ".") parser.fail();
    return `${print(node)} (${name.slice(parser.position)})`;
  });
}
