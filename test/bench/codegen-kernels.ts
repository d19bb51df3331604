import { matrixProduct, spectralNorm } from './codegen-array-kernels.ts';
import type { CodegenKernel } from './codegen-kernel.ts';
import { nbodies } from './codegen-nbody.ts';

const mandelbrot: CodegenKernel = {
  name: 'Mandelbrot set, 500², 500 steps',
  signature: 'int64(int64)',
  argument: 500,
  arrayLengths: [],
  python: `
def kernel(size):
    total = 0
    for row in range(size):
        for column in range(size):
            cr = 3.0 * column / size - 2.0
            ci = 3.0 * row / size - 1.5
            zr = 0.0
            zi = 0.0
            steps = 0
            while steps < 500 and zr * zr + zi * zi <= 4.0:
                next = zr * zr - zi * zi + cr
                zi = 2.0 * zr * zi + ci
                zr = next
                steps += 1
            total += steps
    return total
`,
  c: {
    resultType: 'long',
    source: `
long kernel(long size) {
  long total = 0;
  for (long row = 0; row < size; row++)
    for (long column = 0; column < size; column++) {
      double cr = 3.0 * column / size - 2.0, ci = 3.0 * row / size - 1.5, zr = 0.0, zi = 0.0;
      long steps = 0;
      while (steps < 500 && zr * zr + zi * zi <= 4.0) {
        double next = zr * zr - zi * zi + cr;
        zi = 2.0 * zr * zi + ci;
        zr = next;
        steps++;
      }
      total += steps;
    }
  return total;
}
`,
  },
  javaScript: (size) => {
    let total = 0;
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        const cr = (3 * column) / size - 2;
        const ci = (3 * row) / size - 1.5;
        let zr = 0;
        let zi = 0;
        let steps = 0;
        while (steps < 500 && zr * zr + zi * zi <= 4) {
          const next = zr * zr - zi * zi + cr;
          zi = 2 * zr * zi + ci;
          zr = next;
          steps++;
        }
        total += steps;
      }
    }
    return total;
  },
};

const collatz: CodegenKernel = {
  name: 'longest Collatz chain below 1,000,000',
  signature: 'int64(int64)',
  argument: 1_000_000,
  arrayLengths: [],
  python: `
def kernel(limit):
    best = 0
    for start in range(1, limit):
        n = start
        steps = 0
        while n != 1:
            if n % 2 == 0:
                n = n // 2
            else:
                n = 3 * n + 1
            steps += 1
        if steps > best:
            best = steps
    return best
`,
  c: {
    resultType: 'long',
    source: `
long kernel(long limit) {
  long best = 0;
  for (long start = 1; start < limit; start++) {
    long n = start, steps = 0;
    while (n != 1) {
      if (n % 2 == 0) n = n / 2;
      else n = 3 * n + 1;
      steps++;
    }
    if (steps > best) best = steps;
  }
  return best;
}
`,
  },
  javaScript: (limit) => {
    let best = 0;
    for (let start = 1; start < limit; start++) {
      let n = start;
      let steps = 0;
      while (n !== 1) {
        n = n % 2 === 0 ? n / 2 : 3 * n + 1;
        steps++;
      }
      if (steps > best) best = steps;
    }
    return best;
  },
};

const squareRoots: CodegenKernel = {
  name: 'sum of 50,000,000 square roots',
  signature: 'double(int64)',
  argument: 50_000_000,
  arrayLengths: [],
  python: `
import math
def kernel(n):
    total = 0.0
    for i in range(n):
        total += math.sqrt(float(i))
    return total
`,
  c: {
    resultType: 'double',
    source: `
#include <math.h>
double kernel(long n) {
  double total = 0.0;
  for (long i = 0; i < n; i++) total += sqrt((double)i);
  return total;
}
`,
  },
  javaScript: (n) => {
    let total = 0;
    for (let i = 0; i < n; i++) total += Math.sqrt(i);
    return total;
  },
};

export const codegenKernels: readonly CodegenKernel[] = [
  mandelbrot,
  ...nbodies,
  collatz,
  squareRoots,
  spectralNorm,
  matrixProduct,
];
