import { at, count, data, sizeAt, type Forward, type Tensor64 } from '../tensor64';

export const matrixFunctionForwards: Readonly<Record<string, Forward>> = {
  det: ofEach((matrix) => [determinant(matrix)]),
  logdet: ofEach((matrix) => [Math.log(determinant(matrix))]),
  slogdet_log: ofEach((matrix) => [Math.log(Math.abs(determinant(matrix)))]),
  slogdet_sign: ofEach((matrix) => [Math.sign(determinant(matrix))]),
  inverse: ofEach((matrix) => inverse(matrix).flat()),
  cholesky: ofEach((matrix) => cholesky(matrix).flat()),
  matrix_exp: ofEach((matrix) => exponential(matrix).flat()),
};

type Matrix = readonly (readonly number[])[];

/** A function of each matrix of `[…, n, n]`. */
function ofEach(compute: (matrix: Matrix) => readonly number[]): Forward {
  return ([x]) => {
    const n = sizeAt(x, (x?.shape.length ?? 0) - 1);
    const matrices = count(x?.shape ?? []) / n ** 2;
    return Float64Array.from(range(matrices).flatMap((item) => compute(matrixAt(x, item, n))));
  };
}

function matrixAt(x: Tensor64 | undefined, item: number, n: number): Matrix {
  return range(n).map((i) => range(n).map((j) => at(data(x), (item * n + i) * n + j)));
}

/** By elimination; each pivot is the largest of its column. */
function determinant(matrix: Matrix): number {
  const rows = matrix.map((row) => [...row]);
  let result = 1;
  for (let k = 0; k < rows.length; k++) {
    const best = range(rows.length)
      .slice(k)
      .reduce((row, i) => (Math.abs(entry(rows, i, k)) > Math.abs(entry(rows, row, k)) ? i : row), k);
    if (best !== k) {
      [rows[k], rows[best]] = [rows[best] ?? [], rows[k] ?? []];
      result = -result;
    }
    const pivot = entry(rows, k, k);
    result *= pivot;
    for (let i = k + 1; i < rows.length; i++) {
      const factor = entry(rows, i, k) / pivot;
      rows[i] = (rows[i] ?? []).map((value, j) => value - factor * entry(rows, k, j));
    }
  }
  return result;
}

/** Cofactors over the determinant, by Cramer's rule; for matrices without a row or column, as many determinants. */
function inverse(matrix: Matrix): Matrix {
  const whole = determinant(matrix);
  return matrix.map((_, i) =>
    matrix.map((_row, j) => {
      const minor = matrix.filter((_r, row) => row !== j).map((row) => row.filter((_c, column) => column !== i));
      return ((i + j) % 2 === 0 ? 1 : -1) * (determinant(minor) / whole);
    }),
  );
}

function cholesky(matrix: Matrix): Matrix {
  const factor = matrix.map(() => matrix.map(() => 0));
  matrix.forEach((row, i) => {
    for (let j = 0; j <= i; j++) {
      const rest = (row[j] ?? NaN) - sum(range(j).map((k) => entry(factor, i, k) * entry(factor, j, k)));
      (factor[i] ?? [])[j] = i === j ? Math.sqrt(rest) : rest / entry(factor, j, j);
    }
  });
  return factor;
}

/** The series itself, of a matrix that was halved until it is small; then squared as often. */
function exponential(matrix: Matrix): Matrix {
  const norm = Math.max(...matrix.map((row) => sum(row.map(Math.abs))));
  const halvings = Math.max(0, Math.ceil(Math.log2(norm / 0.25)));
  const small = matrix.map((row) => row.map((value) => value / 2 ** halvings));
  let term: Matrix = matrix.map((_, i) => matrix.map((_row, j) => Number(i === j)));
  let result = term;
  for (let k = 1; k < 20; k++) {
    term = product(term, small).map((row) => row.map((value) => value / k));
    result = result.map((row, i) => row.map((value, j) => value + entry(term, i, j)));
  }
  for (let i = 0; i < halvings; i++) result = product(result, result);
  return result;
}

function product(a: Matrix, b: Matrix): Matrix {
  return a.map((row) => row.map((_, j) => sum(row.map((value, k) => value * entry(b, k, j)))));
}

function entry(matrix: Matrix, row: number, column: number): number {
  return matrix[row]?.[column] ?? NaN;
}

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
