/** Kernels that work in arrays; ours check every index. */
import type { CodegenKernel } from './codegen-kernel.ts';

export const spectralNorm: CodegenKernel = {
  name: 'spectral norm, 1000², 3 rounds',
  signature: 'double(int64, double[], double[], double[])',
  argument: 1000,
  arrayLengths: [1000, 1000, 1000],
  python: `
import math
def entry(i, j):
    return 1.0 / ((i + j) * (i + j + 1) // 2 + i + 1)

def multiply(n, x, y):
    for i in range(n):
        total = 0.0
        for j in range(n):
            total += entry(i, j) * x[j]
        y[i] = total

def multiply_transposed(n, x, y):
    for i in range(n):
        total = 0.0
        for j in range(n):
            total += entry(j, i) * x[j]
        y[i] = total

def kernel(n, u, v, t):
    for i in range(n):
        u[i] = 1.0
    for round in range(3):
        multiply(n, u, t)
        multiply_transposed(n, t, v)
        multiply(n, v, t)
        multiply_transposed(n, t, u)
    uv = 0.0
    vv = 0.0
    for i in range(n):
        uv += u[i] * v[i]
        vv += v[i] * v[i]
    return math.sqrt(uv / vv)
`,
  c: {
    resultType: 'double',
    source: `
#include <math.h>
static double entry(long i, long j) { return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1); }
static void multiply(long n, double *x, double *y) {
  for (long i = 0; i < n; i++) {
    double total = 0.0;
    for (long j = 0; j < n; j++) total += entry(i, j) * x[j];
    y[i] = total;
  }
}
static void multiply_transposed(long n, double *x, double *y) {
  for (long i = 0; i < n; i++) {
    double total = 0.0;
    for (long j = 0; j < n; j++) total += entry(j, i) * x[j];
    y[i] = total;
  }
}
double kernel(long n, double *u, double *v, double *t) {
  for (long i = 0; i < n; i++) u[i] = 1.0;
  for (long round = 0; round < 3; round++) {
    multiply(n, u, t);
    multiply_transposed(n, t, v);
    multiply(n, v, t);
    multiply_transposed(n, t, u);
  }
  double uv = 0.0, vv = 0.0;
  for (long i = 0; i < n; i++) {
    uv += u[i] * v[i];
    vv += v[i] * v[i];
  }
  return sqrt(uv / vv);
}
`,
  },
  javaScript: (n, u = new Float64Array(n), v = new Float64Array(n), t = new Float64Array(n)) => {
    const entry = (i: number, j: number): number => 1 / (((i + j) * (i + j + 1)) / 2 + i + 1);
    const multiply = (x: Float64Array, y: Float64Array): void => {
      for (let i = 0; i < n; i++) {
        let total = 0;
        for (let j = 0; j < n; j++) total += entry(i, j) * (x[j] ?? 0);
        y[i] = total;
      }
    };
    const multiplyTransposed = (x: Float64Array, y: Float64Array): void => {
      for (let i = 0; i < n; i++) {
        let total = 0;
        for (let j = 0; j < n; j++) total += entry(j, i) * (x[j] ?? 0);
        y[i] = total;
      }
    };
    u.fill(1);
    for (let round = 0; round < 3; round++) {
      multiply(u, t);
      multiplyTransposed(t, v);
      multiply(v, t);
      multiplyTransposed(t, u);
    }
    let uv = 0;
    let vv = 0;
    for (let i = 0; i < n; i++) {
      uv += (u[i] ?? 0) * (v[i] ?? 0);
      vv += (v[i] ?? 0) * (v[i] ?? 0);
    }
    return Math.sqrt(uv / vv);
  },
};

export const matrixProduct: CodegenKernel = {
  name: 'product of two 512² matrices',
  signature: 'double(int64, double[], double[], double[])',
  argument: 512,
  arrayLengths: [512 * 512, 512 * 512, 512 * 512],
  python: `
def kernel(n, a, b, c):
    for i in range(n):
        for j in range(n):
            a[i * n + j] = 0.5 * i - j
            b[i * n + j] = 0.25 * j + i
            c[i * n + j] = 0.0
    for i in range(n):
        for k in range(n):
            factor = a[i * n + k]
            for j in range(n):
                c[i * n + j] += factor * b[k * n + j]
    trace = 0.0
    for i in range(n):
        trace += c[i * n + i]
    return trace
`,
  c: {
    resultType: 'double',
    source: `
double kernel(long n, double *a, double *b, double *c) {
  for (long i = 0; i < n; i++)
    for (long j = 0; j < n; j++) {
      a[i * n + j] = 0.5 * i - j;
      b[i * n + j] = 0.25 * j + i;
      c[i * n + j] = 0.0;
    }
  for (long i = 0; i < n; i++)
    for (long k = 0; k < n; k++) {
      double factor = a[i * n + k];
      for (long j = 0; j < n; j++) c[i * n + j] += factor * b[k * n + j];
    }
  double trace = 0.0;
  for (long i = 0; i < n; i++) trace += c[i * n + i];
  return trace;
}
`,
  },
  javaScript: (n, a = new Float64Array(n * n), b = new Float64Array(n * n), c = new Float64Array(n * n)) => {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        a[i * n + j] = 0.5 * i - j;
        b[i * n + j] = 0.25 * j + i;
        c[i * n + j] = 0;
      }
    }
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < n; k++) {
        const factor = a[i * n + k] ?? 0;
        for (let j = 0; j < n; j++) c[i * n + j] = (c[i * n + j] ?? 0) + factor * (b[k * n + j] ?? 0);
      }
    }
    let trace = 0;
    for (let i = 0; i < n; i++) trace += c[i * n + i] ?? 0;
    return trace;
  },
};
