/** A fixed text: a source name, a builtin type, a literal. */
interface Text {
  readonly kind: "text";
  readonly text: string;
}

/** `std::string` and its like: printed in full when a constructor or a destructor follows. */
export interface StdName {
  readonly kind: "std";
  readonly short: string;
  readonly full: string;
  readonly base: string;
}

/** A template parameter used before its argument is known, as in `operator T<T>()`. */
export interface ForwardReference {
  readonly kind: "forward";
  readonly index: number;
  target: Node | undefined;
}

/** A name, or the declaration of a template parameter. */
export type NameNode =
  | Text
  | StdName
  | { readonly kind: "nested"; readonly scope: Node; readonly name: Node }
  | { readonly kind: "template"; readonly name: Node; readonly args: Node }
  | { readonly kind: "args"; readonly list: readonly Node[] }
  | { readonly kind: "tagged"; readonly name: Node; readonly tag: string }
  | { readonly kind: "structor"; readonly of: Node; readonly destructor: boolean }
  | {
      readonly kind: "lambda";
      readonly decls: readonly Node[];
      readonly params: readonly Node[];
      readonly count: string;
    }
  | {
      readonly kind: "module";
      readonly parent: Node | undefined;
      readonly name: string;
      readonly partition: boolean;
    }
  | { readonly kind: "of-module"; readonly module: Node; readonly name: Node }
  | { readonly kind: "prefixed"; readonly prefix: string; readonly child: Node }
  | {
      readonly kind: "between";
      readonly prefix: string;
      readonly first: Node;
      readonly middle: string;
      readonly second: Node;
    }
  | { readonly kind: "binding"; readonly names: readonly Node[] }
  | { readonly kind: "type-param"; readonly name: Node }
  | { readonly kind: "value-param"; readonly name: Node; readonly type: Node }
  | { readonly kind: "template-param"; readonly name: Node; readonly params: readonly Node[] }
  | { readonly kind: "pack-param"; readonly param: Node }
  | {
      readonly kind: "encoding";
      readonly result: Node | undefined;
      readonly name: Node;
      readonly params: readonly Node[];
      readonly explicitThis: boolean;
      readonly suffix: string;
      readonly enableIf: Node | undefined;
    };

interface FunctionType {
  readonly kind: "function";
  readonly result: Node;
  readonly params: readonly Node[];
  readonly suffix: string;
  readonly exceptions: Node | undefined;
}

/** A type, or several. */
export type TypeNode =
  | ForwardReference
  | { readonly kind: "qualified"; readonly type: Node; readonly qualifiers: string }
  | {
      readonly kind: "vendor-qualified";
      readonly type: Node;
      readonly qualifier: string;
      readonly args: Node | undefined;
    }
  | { readonly kind: "postfix-type"; readonly type: Node; readonly postfix: string }
  | { readonly kind: "pointer"; readonly to: Node }
  | { readonly kind: "reference"; readonly to: Node; readonly rvalue: boolean }
  | { readonly kind: "member-pointer"; readonly owner: Node; readonly to: Node }
  | { readonly kind: "array"; readonly element: Node; readonly size: Node | undefined }
  | { readonly kind: "vector"; readonly element: Node; readonly size: Node | undefined }
  | { readonly kind: "bit-int"; readonly size: Node; readonly unsigned: boolean }
  | { readonly kind: "throw-spec"; readonly types: readonly Node[] }
  | { readonly kind: "expansion"; readonly of: Node }
  | { readonly kind: "pack"; readonly elements: readonly Node[] }
  | { readonly kind: "arg-pack"; readonly elements: readonly Node[] }
  | FunctionType;

/** An expression in a template argument, an array bound, `decltype` or `noexcept`. */
export type ExpressionNode =
  | {
      readonly kind: "binary";
      readonly op: string;
      readonly precedence: number;
      readonly left: Node;
      readonly right: Node;
    }
  | {
      readonly kind: "prefix";
      readonly op: string;
      readonly precedence: number;
      readonly operand: Node;
    }
  | {
      readonly kind: "postfix";
      readonly op: string;
      readonly precedence: number;
      readonly operand: Node;
    }
  | {
      readonly kind: "member";
      readonly op: string;
      readonly precedence: number;
      readonly left: Node;
      readonly right: Node;
    }
  | { readonly kind: "subscript"; readonly base: Node; readonly index: Node }
  | { readonly kind: "conditional"; readonly test: Node; readonly yes: Node; readonly no: Node }
  | { readonly kind: "call"; readonly callee: Node; readonly args: readonly Node[] }
  | { readonly kind: "cast"; readonly op: string; readonly type: Node; readonly operand: Node }
  | { readonly kind: "conversion"; readonly type: Node; readonly args: readonly Node[] }
  | { readonly kind: "init-list"; readonly type: Node | undefined; readonly items: readonly Node[] }
  | { readonly kind: "braced"; readonly field: Node; readonly array: boolean; readonly init: Node }
  | {
      readonly kind: "braced-range";
      readonly first: Node;
      readonly last: Node;
      readonly init: Node;
    }
  | {
      readonly kind: "new";
      readonly op: string;
      readonly placement: readonly Node[];
      readonly type: Node;
      readonly init: Node | undefined;
    }
  | { readonly kind: "delete"; readonly op: string; readonly operand: Node }
  | { readonly kind: "throw"; readonly operand: Node }
  | {
      readonly kind: "enclosing";
      readonly op: string;
      readonly precedence: number;
      readonly operand: Node;
    }
  | { readonly kind: "list"; readonly items: readonly Node[] }
  | {
      readonly kind: "fold";
      readonly op: string;
      readonly left: boolean;
      readonly pack: Node;
      readonly init: Node | undefined;
    }
  | { readonly kind: "cast-literal"; readonly type: Node; readonly value: string }
  | { readonly kind: "string-literal"; readonly type: Node }
  | { readonly kind: "lambda-literal"; readonly lambda: Node }
  | { readonly kind: "subobject"; readonly of: Node; readonly type: Node; readonly offset: string };

/** A node of a parsed name. Substitutions share nodes: it is a graph, not a tree. */
export type Node = NameNode | TypeNode | ExpressionNode;

/** Makes a node of fixed text. */
export function text(value: string): Node {
  return { kind: "text", text: value };
}
