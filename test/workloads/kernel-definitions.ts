// The thirty kernels once more, from their definitions and without regard to speed; solvers are checked by another
// method than theirs. Each gives its results in the order in which the C program adds them up.

/** A matrix as its rows. */
type Matrix = number[][];
/** What a kernel gives at a size. */
export type Definition = (...size: number[]) => number[];

// Gives the value that workloads/src/bare.h gives.
function valueAt(seed: number, index: number): number {
  let x = (Math.imul(index + 1, 0x9e3779b1) + Math.imul(seed, 0x85ebca77)) >>> 0;
  x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) >>> 0;
  x = (x ^ (x >>> 12)) >>> 0;
  return (x >>> 8) / 16777216 - 0.5;
}

/** Adds up results with the weights of workloads/src/polybench/kernel.h. */
export function weightedSum(values: readonly number[]): number {
  return values.reduce((sum, value, index) => sum + value * valueAt(99, index), 0);
}

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const vector = (n: number, seed: number): number[] => range(n).map((i) => valueAt(seed, i));
const matrix = (rows: number, columns: number, seed: number): Matrix =>
  range(rows).map((i) => range(columns).map((j) => valueAt(seed, i * columns + j)));
const map = (a: Matrix, f: (value: number, i: number, j: number) => number): Matrix =>
  a.map((row, i) => row.map((value, j) => f(value, i, j)));
const dot = (x: readonly number[], y: readonly number[]): number =>
  x.reduce((sum, value, i) => sum + value * y[i]!, 0);
const transposed = (a: Matrix): Matrix => a[0]!.map((_, j) => a.map((row) => row[j]!));
const times = (a: Matrix, b: Matrix): Matrix => {
  const columns = transposed(b);
  return a.map((row) => columns.map((column) => dot(row, column)));
};
const applied = (a: Matrix, x: readonly number[]): number[] => a.map((row) => dot(row, x));
const scaled = (a: Matrix, factor: number): Matrix => map(a, (value) => factor * value);
const sum = (a: Matrix, b: Matrix): Matrix => map(a, (value, i, j) => value + b[i]![j]!);
const lower = (a: Matrix, b: Matrix): Matrix =>
  map(a, (value, i, j) => (j <= i ? value : b[i]![j]!));
const heavy = (n: number, seed: number): Matrix =>
  map(matrix(n, n, seed), (value, i, j) => value + (i === j ? n : 0));

const alpha = 1.5;
const beta = 1.25;

/** Solves A x = b by Gauss and Jordan's elimination with pivots. */
function solved(a: Matrix, b: readonly number[]): number[] {
  const rows = a.map((row, i) => [...row, b[i]!]);
  for (const k of range(rows.length)) {
    const pivot = range(rows.length)
      .slice(k)
      .reduce((best, i) => (Math.abs(rows[i]![k]!) > Math.abs(rows[best]![k]!) ? i : best), k);
    [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
    for (const i of range(rows.length)) {
      if (i === k) continue;
      const factor = rows[i]![k]! / rows[k][k]!;
      rows[i] = rows[i]!.map((value, j) => value - factor * rows[k]![j]!);
    }
  }
  return rows.map((row, i) => row.at(-1)! / row[i]!);
}

/** Centres the columns; gives them as rows. */
function centred(data: Matrix): Matrix {
  return transposed(data).map((column) => {
    const mean = column.reduce((total, value) => total + value, 0) / column.length;
    return column.map((value) => value - mean);
  });
}

/** Eliminates column after column with rank-one updates (not by rows, as the kernel does). */
function luFactors(a: Matrix): Matrix {
  const f = a.map((row) => [...row]);
  for (const k of range(f.length)) {
    for (let i = k + 1; i < f.length; i++) {
      f[i]![k]! /= f[k]![k]!;
      for (let j = k + 1; j < f.length; j++) f[i]![j]! -= f[i]![k]! * f[k]![j]!;
    }
  }
  return f;
}

/** Takes a five-, seven- or nine-point step from `a`: inner points by `next`, the border stays as in `border`. */
function step(a: Matrix, border: Matrix, next: (i: number, j: number) => number): Matrix {
  const [rows, columns] = [a.length, a[0]!.length];
  return map(border, (value, i, j) =>
    i > 0 && j > 0 && i < rows - 1 && j < columns - 1 ? next(i, j) : value,
  );
}

/** Does a half step of the heat equation: explicit along rows, implicit along columns; the border is 1. */
function halfStep(u: Matrix, explicit: number, implicit: number): Matrix {
  const n = u.length;
  const columns = range(n).map((i) => {
    if (i === 0 || i === n - 1) return range(n).map(() => NaN);
    const inner = range(n - 2).map((j) => j + 1);
    const system = inner.map((_, row) =>
      inner.map((__, column) =>
        row === column ? 1 + 2 * implicit : Math.abs(row - column) === 1 ? -implicit : 0,
      ),
    );
    const known = inner.map((j) => {
      const along =
        u[j]![i - 1]! * explicit + (1 - 2 * explicit) * u[j]![i]! + explicit * u[j]![i + 1]!;
      return along + (j === 1 ? implicit : 0) + (j === n - 2 ? implicit : 0);
    });
    return [1, ...solved(system, known), 1];
  });
  return transposed(columns);
}

/** Smooths a row by Deriche's filter of second order as a sum of both directions. */
function smoothed(x: readonly number[]): number[] {
  const a = 0.25;
  const decay = Math.exp(-a);
  const k = (1 - decay) ** 2 / (1 + 2 * a * decay - decay ** 2);
  const at = (values: readonly number[], i: number): number => values[i] ?? 0;
  const ahead: number[] = [];
  for (const i of range(x.length))
    ahead[i] =
      k * (x[i]! + decay * (a - 1) * at(x, i - 1)) +
      2 * decay * at(ahead, i - 1) -
      decay ** 2 * at(ahead, i - 2);
  const back: number[] = [];
  for (const i of range(x.length).toReversed())
    back[i] =
      k * (decay * (a + 1) * at(x, i + 1) - decay ** 2 * at(x, i + 2)) +
      2 * decay * at(back, i + 1) -
      decay ** 2 * at(back, i + 2);
  return ahead.map((value, i) => value + back[i]!);
}

/** The kernels by name. */
export const definitions: Readonly<Record<string, Definition>> = {
  correlation(m, n) {
    const columns = centred(matrix(n, m, 1));
    const norms = columns.map((column) => Math.sqrt(dot(column, column)));
    return columns.flatMap((x, i) =>
      columns.map((y, j) => (i === j ? 1 : dot(x, y) / (norms[i]! * norms[j]!))),
    );
  },
  covariance(m, n) {
    const columns = centred(matrix(n, m, 1));
    return columns.flatMap((x) => columns.map((y) => dot(x, y) / (n - 1)));
  },
  gemm: (ni, nj, nk) =>
    sum(
      scaled(times(matrix(ni, nk, 2), matrix(nk, nj, 3)), alpha),
      scaled(matrix(ni, nj, 1), beta),
    ).flat(),
  gemver(n) {
    const [u1, v1, u2, v2] = range(4).map((i) => vector(n, i + 2));
    const [y, z] = [vector(n, 8), vector(n, 9)];
    const a = map(matrix(n, n, 1), (v, i, j) => v + u1![i]! * v1![j]! + u2![i]! * v2![j]!);
    const x = applied(transposed(a), y).map((value, i) => beta * value + z[i]!);
    return applied(a, x).map((value) => alpha * value);
  },
  gesummv(n) {
    const x = vector(n, 3);
    return applied(sum(scaled(matrix(n, n, 1), alpha), scaled(matrix(n, n, 2), beta)), x);
  },
  symm(m, n) {
    const half = matrix(m, m, 2);
    const a = map(half, (value, i, j) => (j <= i ? value : half[j]![i]!));
    return sum(scaled(times(a, matrix(m, n, 3)), alpha), scaled(matrix(m, n, 1), beta)).flat();
  },
  syr2k(m, n) {
    const [a, b, c] = [matrix(n, m, 2), matrix(n, m, 3), matrix(n, n, 1)];
    const both = sum(times(a, transposed(b)), times(b, transposed(a)));
    return lower(sum(scaled(both, alpha), scaled(c, beta)), c).flat();
  },
  syrk(m, n) {
    const [a, c] = [matrix(n, m, 2), matrix(n, n, 1)];
    return lower(sum(scaled(times(a, transposed(a)), alpha), scaled(c, beta)), c).flat();
  },
  trmm(m, n) {
    const a = map(matrix(m, m, 1), (value, i, j) => (i === j ? 1 : j < i ? value : 0));
    return scaled(times(transposed(a), matrix(m, n, 2)), alpha).flat();
  },
  "2mm"(ni, nj, nk, nl) {
    const ab = scaled(times(matrix(ni, nk, 1), matrix(nk, nj, 2)), alpha);
    return sum(times(ab, matrix(nj, nl, 3)), scaled(matrix(ni, nl, 4), beta)).flat();
  },
  "3mm": (ni, nj, nk, nl, nm) =>
    times(
      times(matrix(ni, nk, 1), matrix(nk, nj, 2)),
      times(matrix(nj, nm, 3), matrix(nm, nl, 4)),
    ).flat(),
  atax(m, n) {
    const a = matrix(m, n, 1);
    return applied(transposed(a), applied(a, vector(n, 2)));
  },
  bicg(m, n) {
    const a = matrix(n, m, 1);
    return [...applied(transposed(a), vector(n, 3)), ...applied(a, vector(m, 2))];
  },
  doitgen(nq, nr, np) {
    return times(matrix(nr * nq, np, 1), matrix(np, np, 2)).flat();
  },
  mvt(n) {
    const a = matrix(n, n, 1);
    const [x1, x2, y1, y2] = range(4).map((i) => vector(n, i + 2));
    const [ay, aty] = [applied(a, y1!), applied(transposed(a), y2!)];
    return [...x1!.map((value, i) => value + ay[i]!), ...x2!.map((value, i) => value + aty[i]!)];
  },
  cholesky(n) {
    // L = (unit lower factor) times the roots of the pivots of the symmetric matrix.
    const half = heavy(n, 1);
    const f = luFactors(map(half, (value, i, j) => (j <= i ? value : half[j]![i]!)));
    return f.flatMap((row, i) =>
      row
        .slice(0, i + 1)
        .map((value, j) => (i === j ? Math.sqrt(value) : value * Math.sqrt(f[j]![j]!))),
    );
  },
  durbin(n) {
    const r = vector(n, 1).map((value) => value / n);
    const toeplitz = range(n).map((i) =>
      range(n).map((j) => (i === j ? 1 : r[Math.abs(i - j) - 1]!)),
    );
    return solved(
      toeplitz,
      r.map((value) => -value),
    );
  },
  gramschmidt(m, n) {
    // R is the transposed Cholesky factor of A^T A, and Q^T solves R^T Q^T = A^T.
    const a = matrix(m, n, 1);
    const f = luFactors(times(transposed(a), a));
    const r = map(f, (value, i, j) => (j < i ? 0 : value / Math.sqrt(f[i]![i]!)));
    const q = a.map((row) => solved(transposed(r), row));
    return [...r.flat(), ...q.flat()];
  },
  lu: (n) => luFactors(heavy(n, 1)).flat(),
  ludcmp: (n) => solved(heavy(n, 1), vector(n, 2)),
  trisolv: (n) =>
    solved(
      map(heavy(n, 1), (value, i, j) => (j <= i ? value : 0)),
      vector(n, 2),
    ),
  deriche(w, h) {
    const rows = matrix(w, h, 1).map(smoothed);
    return transposed(transposed(rows).map(smoothed)).flat();
  },
  "floyd-warshall"(n) {
    // Dijkstra's method from each node.
    const length = map(matrix(n, n, 1), (value, i, j) =>
      i === j ? 0 : 1 + Math.floor((value + 0.5) * 10000),
    );
    return range(n).flatMap((start) => {
      const best = range(n).map((i) => (i === start ? 0 : Infinity));
      const open = new Set(range(n));
      while (open.size > 0) {
        const next = [...open].reduce((a, b) => (best[b]! < best[a]! ? b : a));
        open.delete(next);
        for (const j of open) best[j] = Math.min(best[j]!, best[next]! + length[next]![j]!);
      }
      return best;
    });
  },
  nussinov(n) {
    const bases = vector(n, 1).map((value) => Math.floor((value + 0.5) * 4));
    const best: Matrix = range(n).map(() => range(n).map(() => 0));
    const at = (i: number, j: number): number => (i > j ? 0 : best[i]![j]!);
    for (let length = 2; length <= n; length++) {
      for (let i = 0; i + length <= n; i++) {
        const j = i + length - 1;
        // The last base is free, or pairs with one further down that is not its neighbour.
        let most = at(i, j - 1);
        for (let k = i; k < j - 1; k++)
          if (3 === bases[k]! + bases[j]!)
            most = Math.max(most, at(i, k - 1) + 1 + at(k + 1, j - 1));
        best[i]![j] = most;
      }
    }
    return best.flat();
  },
  adi(steps, n) {
    // Columns, then rows: the second half step is the first one on the transposed plane.
    let u = matrix(n, n, 1);
    const ratio = (n * n) / steps;
    for (let t = 0; t < steps; t++) {
      // The definition's first half step reads rows of u; its border columns are never written by it.
      const v = halfStep(u, ratio / 2, ratio);
      const next = transposed(halfStep(transposed(v), ratio, ratio / 2));
      u = map(u, (value, i, j) =>
        i === 0 || i === n - 1 ? value : j === 0 || j === n - 1 ? 1 : next[i]![j]!,
      );
    }
    return u.flat();
  },
  "fdtd-2d"(steps, nx, ny) {
    let [ex, ey, hz] = range(3).map((i) => matrix(nx, ny, i + 1)) as [Matrix, Matrix, Matrix];
    for (const drive of vector(steps, 4)) {
      ey = map(ey, (v, i, j) => (i === 0 ? drive : v - 0.5 * (hz[i]![j]! - hz[i - 1]![j]!)));
      ex = map(ex, (v, i, j) => (j === 0 ? v : v - 0.5 * (hz[i]![j]! - hz[i]![j - 1]!)));
      hz = map(hz, (v, i, j) =>
        i === nx - 1 || j === ny - 1
          ? v
          : v - 0.7 * (ex[i]![j + 1]! - ex[i]![j]! + ey[i + 1]![j]! - ey[i]![j]!),
      );
    }
    return [ex, ey, hz].flatMap((field) => field.flat());
  },
  "heat-3d"(steps, n) {
    let a = range(n).map((i) => map(matrix(n, n, 1), (_, j, k) => valueAt(1, (i * n + j) * n + k)));
    const inner = (i: number): boolean => i > 0 && i < n - 1;
    for (let t = 0; t < 2 * steps; t++) {
      const at = (i: number, j: number, k: number): number => a[i]![j]![k]!;
      a = a.map((plane, i) =>
        map(plane, (v, j, k) =>
          inner(i) && inner(j) && inner(k)
            ? (at(i - 1, j, k) + at(i + 1, j, k) + at(i, j - 1, k) + at(i, j + 1, k)) / 8 +
              (at(i, j, k - 1) + at(i, j, k + 1)) / 8 +
              v / 4
            : v,
        ),
      );
    }
    return a.flat(2);
  },
  "jacobi-1d"(steps, n) {
    let [a, b] = [vector(n, 1), vector(n, 2)];
    for (let t = 0; t < 2 * steps; t++) {
      const next = b.map((v, i) =>
        i === 0 || i === n - 1 ? v : 0.33333 * (a[i - 1]! + a[i]! + a[i + 1]!),
      );
      [a, b] = [next, a];
    }
    return a;
  },
  "jacobi-2d"(steps, n) {
    let [a, b] = [matrix(n, n, 1), matrix(n, n, 2)];
    for (let t = 0; t < 2 * steps; t++) {
      const from = a;
      const next = step(
        from,
        b,
        (i, j) =>
          0.2 *
          (from[i]![j]! +
            from[i]![j - 1]! +
            from[i]![j + 1]! +
            from[i + 1]![j]! +
            from[i - 1]![j]!),
      );
      [a, b] = [next, from];
    }
    return a.flat();
  },
  "seidel-2d"(steps, n) {
    const a = matrix(n, n, 1);
    for (let t = 0; t < steps; t++) {
      for (let i = 1; i < n - 1; i++) {
        for (let j = 1; j < n - 1; j++) {
          const around = [i - 1, i, i + 1].flatMap((row) => a[row]!.slice(j - 1, j + 2));
          a[i]![j] = around.reduce((total, value) => total + value, 0) / 9;
        }
      }
    }
    return a.flat();
  },
};
