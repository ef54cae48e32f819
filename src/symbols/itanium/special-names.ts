import { parseModules } from "./unqualified-names.ts";
import type { Node } from "./nodes.ts";
import type { Parser } from "./parser.ts";

const ofTypes: Readonly<Record<string, string>> = {
  TV: "vtable for ",
  TT: "VTT for ",
  TI: "typeinfo for ",
  TS: "typeinfo name for ",
};

const ofNames: Readonly<Record<string, string>> = {
  TW: "thread-local wrapper routine for ",
  TH: "thread-local initialization routine for ",
  GV: "guard variable for ",
};

/** Reads what the compiler makes beside functions and variables: vtables, thunks, guards. */
export function parseSpecialName(parser: Parser): Node {
  const { rules } = parser;
  const code = parser.peek() + parser.peek(1);
  parser.position += 2;
  const ofType = ofTypes[code];
  if (ofType !== undefined) return prefixed(ofType, rules.type(parser));
  const ofName = ofNames[code];
  if (ofName !== undefined) return prefixed(ofName, rules.name(parser));
  switch (code) {
    case "TA":
      return prefixed("template parameter object for ", rules.templateArg(parser));
    case "TC":
      return parseConstructionVtable(parser);
    case "Tc":
      skipCallOffset(parser);
      skipCallOffset(parser);
      return prefixed("covariant return thunk to ", rules.encoding(parser));
    case "Th":
    case "Tv":
      parser.position--;
      skipCallOffset(parser);
      return prefixed(
        code === "Tv" ? "virtual thunk to " : "non-virtual thunk to ",
        rules.encoding(parser),
      );
    case "GR": {
      const temporary = prefixed("reference temporary for ", rules.name(parser));
      if (!parser.done) parser.index(36);
      return temporary;
    }
    case "GI":
      return prefixed("initializer for module ", parseModules(parser) ?? parser.fail());
    case "GT":
      return parseTransactional(parser);
    default:
      return parser.fail();
  }
}

function prefixed(prefix: string, child: Node): Node {
  return { kind: "prefixed", prefix, child };
}

function parseConstructionVtable(parser: Parser): Node {
  const second = parser.rules.type(parser);
  parser.signedDigits();
  parser.expect("_");
  const first = parser.rules.type(parser);
  return { kind: "between", prefix: "construction vtable for ", first, middle: "-in-", second };
}

/** Skips `h <offset> _` or `v <offset> _ <offset> _`. */
function skipCallOffset(parser: Parser): void {
  const virtual = parser.take("v");
  if (!virtual) parser.expect("h");
  parser.signedDigits();
  parser.expect("_");
  if (!virtual) return;
  parser.signedDigits();
  parser.expect("_");
}

/** Reads `GTt` and `GTn`, GCC's clones for transactional memory (many in libstdc++). */
function parseTransactional(parser: Parser): Node {
  if (parser.take("t")) return prefixed("transaction clone for ", parser.rules.encoding(parser));
  parser.expect("n");
  return prefixed("non-transaction clone for ", parser.rules.encoding(parser));
}
