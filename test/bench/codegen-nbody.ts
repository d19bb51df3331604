import type { CodegenKernel } from './codegen-kernel.ts';

/** Dividing as C, JavaScript and NumPy do, or raising for a zero divisor, as Python does, in all four languages. */
function nbody(name: string, division: 'ieee' | 'raises'): CodegenKernel {
  const raises = division === 'raises';
  return {
    name,
    errorModel: raises ? 'language' : 'numpy',
    signature: 'double(int64, double[])',
    argument: 500_000,
    arrayLengths: [35],
    python: `
import math
def kernel(steps, b):
    for i in range(5):
        b[7 * i] = 2.0 * i
        b[7 * i + 1] = 0.5 * i * i - 1.0
        b[7 * i + 2] = 0.25 * i
        b[7 * i + 3] = 0.25 * i - 0.5
        b[7 * i + 4] = 0.125 * i
        b[7 * i + 5] = 0.5 - 0.0625 * i
        b[7 * i + 6] = 4.0 / (i + 1)
    for step in range(steps):
        for i in range(5):
            for j in range(i + 1, 5):
                dx = b[7 * i] - b[7 * j]
                dy = b[7 * i + 1] - b[7 * j + 1]
                dz = b[7 * i + 2] - b[7 * j + 2]
                square = dx * dx + dy * dy + dz * dz
                pull = 0.0009765625 / (square * math.sqrt(square))
                mi = b[7 * i + 6] * pull
                mj = b[7 * j + 6] * pull
                b[7 * i + 3] -= dx * mj
                b[7 * i + 4] -= dy * mj
                b[7 * i + 5] -= dz * mj
                b[7 * j + 3] += dx * mi
                b[7 * j + 4] += dy * mi
                b[7 * j + 5] += dz * mi
        for i in range(5):
            b[7 * i] += 0.0009765625 * b[7 * i + 3]
            b[7 * i + 1] += 0.0009765625 * b[7 * i + 4]
            b[7 * i + 2] += 0.0009765625 * b[7 * i + 5]
    energy = 0.0
    for i in range(5):
        speed = b[7 * i + 3] ** 2 + b[7 * i + 4] ** 2 + b[7 * i + 5] ** 2
        energy += 0.5 * b[7 * i + 6] * speed
    return energy
`,
    c: {
      resultType: 'double',
      source: `
#include <math.h>
#include <stdlib.h>
double kernel(long steps, double *b) {
  for (long i = 0; i < 5; i++) {
    b[7 * i] = 2.0 * i;
    b[7 * i + 1] = 0.5 * i * i - 1.0;
    b[7 * i + 2] = 0.25 * i;
    b[7 * i + 3] = 0.25 * i - 0.5;
    b[7 * i + 4] = 0.125 * i;
    b[7 * i + 5] = 0.5 - 0.0625 * i;
    b[7 * i + 6] = 4.0 / (i + 1);
  }
  for (long step = 0; step < steps; step++) {
    for (long i = 0; i < 5; i++)
      for (long j = i + 1; j < 5; j++) {
        double dx = b[7 * i] - b[7 * j], dy = b[7 * i + 1] - b[7 * j + 1], dz = b[7 * i + 2] - b[7 * j + 2];
        double square = dx * dx + dy * dy + dz * dz;
        double divisor = square * sqrt(square);${raises ? '\n        if (divisor == 0) abort();' : ''}
        double pull = 0.0009765625 / divisor;
        double mi = b[7 * i + 6] * pull, mj = b[7 * j + 6] * pull;
        b[7 * i + 3] -= dx * mj;
        b[7 * i + 4] -= dy * mj;
        b[7 * i + 5] -= dz * mj;
        b[7 * j + 3] += dx * mi;
        b[7 * j + 4] += dy * mi;
        b[7 * j + 5] += dz * mi;
      }
    for (long i = 0; i < 5; i++) {
      b[7 * i] += 0.0009765625 * b[7 * i + 3];
      b[7 * i + 1] += 0.0009765625 * b[7 * i + 4];
      b[7 * i + 2] += 0.0009765625 * b[7 * i + 5];
    }
  }
  double energy = 0.0;
  for (long i = 0; i < 5; i++) {
    double vx = b[7 * i + 3], vy = b[7 * i + 4], vz = b[7 * i + 5];
    energy += 0.5 * b[7 * i + 6] * (vx * vx + vy * vy + vz * vz);
  }
  return energy;
}
`,
    },
    javaScript: (steps, b = new Float64Array(35)) => {
      const at = (index: number): number => b[index] ?? 0;
      for (let i = 0; i < 5; i++) {
        b[7 * i] = 2 * i;
        b[7 * i + 1] = 0.5 * i * i - 1;
        b[7 * i + 2] = 0.25 * i;
        b[7 * i + 3] = 0.25 * i - 0.5;
        b[7 * i + 4] = 0.125 * i;
        b[7 * i + 5] = 0.5 - 0.0625 * i;
        b[7 * i + 6] = 4 / (i + 1);
      }
      for (let step = 0; step < steps; step++) {
        for (let i = 0; i < 5; i++) {
          for (let j = i + 1; j < 5; j++) {
            const dx = at(7 * i) - at(7 * j);
            const dy = at(7 * i + 1) - at(7 * j + 1);
            const dz = at(7 * i + 2) - at(7 * j + 2);
            const square = dx * dx + dy * dy + dz * dz;
            const divisor = square * Math.sqrt(square);
            if (raises && divisor === 0) throw new RangeError('division by zero');
            const pull = 0.0009765625 / divisor;
            const mi = at(7 * i + 6) * pull;
            const mj = at(7 * j + 6) * pull;
            b[7 * i + 3] = at(7 * i + 3) - dx * mj;
            b[7 * i + 4] = at(7 * i + 4) - dy * mj;
            b[7 * i + 5] = at(7 * i + 5) - dz * mj;
            b[7 * j + 3] = at(7 * j + 3) + dx * mi;
            b[7 * j + 4] = at(7 * j + 4) + dy * mi;
            b[7 * j + 5] = at(7 * j + 5) + dz * mi;
          }
        }
        for (let i = 0; i < 5; i++) {
          for (let axis = 0; axis < 3; axis++) {
            b[7 * i + axis] = at(7 * i + axis) + 0.0009765625 * at(7 * i + axis + 3);
          }
        }
      }
      let energy = 0;
      for (let i = 0; i < 5; i++) {
        const [vx, vy, vz] = [at(7 * i + 3), at(7 * i + 4), at(7 * i + 5)];
        energy += 0.5 * at(7 * i + 6) * (vx * vx + vy * vy + vz * vz);
      }
      return energy;
    },
  };
}

export const nbodies: readonly CodegenKernel[] = [
  nbody('n-body, 5 bodies, 500,000 steps', 'ieee'),
  nbody('n-body that raises for a zero divisor', 'raises'),
];
