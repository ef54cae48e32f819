/** Gives 255 for the edges and 0 for the rest, by the steps of Canny's method one after the other, on whole planes. */
export function cannyEdges(grey: readonly number[], width: number, height: number): number[] {
  const at = (plane: readonly number[], x: number, y: number): number =>
    plane[Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))]!;
  const plane = (f: (x: number, y: number) => number): number[] =>
    grey.map((_, i) => f(i % width, Math.floor(i / width)));
  const convolved = (input: readonly number[], weights: readonly (readonly number[])[]): number[] =>
    plane((x, y) => {
      const half = (weights.length - 1) / 2;
      let sum = 0;
      for (const [dy, row] of weights.entries())
        for (const [dx, weight] of row.entries())
          sum += weight * at(input, x + dx - half, y + dy - half);
      return sum;
    });
  const blurred = convolved(grey, [
    [2, 4, 5, 4, 2],
    [4, 9, 12, 9, 4],
    [5, 12, 15, 12, 5],
    [4, 9, 12, 9, 4],
    [2, 4, 5, 4, 2],
  ]).map((sum) => Math.floor(sum / 159));
  const across = convolved(blurred, [
    [-1, 0, 1],
    [-2, 0, 2],
    [-1, 0, 1],
  ]);
  const down = convolved(blurred, [
    [-1, -2, -1],
    [0, 0, 0],
    [1, 2, 1],
  ]);
  const strength = across.map((value, i) => Math.hypot(value, down[i]!));
  const ridge = plane((x, y) => {
    if (x === 0 || y === 0 || x === width - 1 || y === height - 1) return 0;
    const i = y * width + x;
    const [dx, dy] = direction(across[i]!, down[i]!);
    const rises = strength[i]! > at(strength, x - dx, y - dy) + 1e-9;
    return rises && strength[i]! > at(strength, x + dx, y + dy) - 1e-9 ? strength[i]! : 0;
  });
  let edges: number[] = ridge.map((value) => (value >= 140 ? 255 : 0));
  for (;;) {
    const grown = plane((x, y) => {
      if (ridge[y * width + x]! < 60) return 0;
      const near = [-1, 0, 1].some((dy) =>
        [-1, 0, 1].some((dx) => at(edges, x + dx, y + dy) === 255),
      );
      return near ? 255 : 0;
    });
    if (grown.every((value, i) => value === edges[i])) return edges;
    edges = grown;
  }
}

/** Gives the neighbour to which a gradient points, or the one opposite: the one below, or else the one to the right. */
function direction(across: number, down: number): readonly [dx: number, dy: number] {
  const degrees = ((Math.atan2(down, across) * 180) / Math.PI + 180) % 180;
  if (degrees < 22.5 || degrees >= 157.5) return [1, 0];
  if (degrees < 67.5) return [1, 1];
  return degrees < 112.5 ? [0, 1] : [-1, 1];
}
