/** The tree as linked lists: a million nodes cost two arrays and no objects. */
interface ChildLinks {
  /** Index of the first root, -1 when there is no node. */
  readonly firstRoot: number;
  /** For each node its first child, -1 when it has none. */
  readonly firstChild: Int32Array;
  /** For each node the next child of the same parent, -1 for the last. */
  readonly nextSibling: Int32Array;
}

/** Links each node to its children, which keep their order. */
function childLinks(parents: Int32Array): ChildLinks {
  const firstChild = new Int32Array(parents.length).fill(-1);
  const nextSibling = new Int32Array(parents.length).fill(-1);
  let firstRoot = -1;
  for (let node = parents.length - 1; node >= 0; node--) {
    const parent = parents[node]!;
    if (parent === -1) {
      nextSibling[node] = firstRoot;
      firstRoot = node;
    } else {
      nextSibling[node] = firstChild[parent]!;
      firstChild[parent] = node;
    }
  }
  return { firstRoot, firstChild, nextSibling };
}

/**
 * Visits the nodes depth first. Stacks of recursive programs are deeper than JavaScript's own, so
 * nothing here recurses.
 */
export function walk(
  parents: Int32Array,
  enter: (node: number, depth: number) => void,
  leave: (node: number) => void = () => {},
): void {
  const { firstRoot, firstChild, nextSibling } = childLinks(parents);
  let depth = 0;
  let node = firstRoot;
  while (node !== -1) {
    enter(node, depth);
    if (firstChild[node] !== -1) {
      node = firstChild[node]!;
      depth++;
      continue;
    }
    leave(node);
    while (nextSibling[node] === -1) {
      node = parents[node]!;
      if (node === -1) return;
      depth--;
      leave(node);
    }
    node = nextSibling[node]!;
  }
}
