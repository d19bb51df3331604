import type { RemoteFunction, RemoteJIT } from '../../kernel/rjit/remote-jit.ts';
import { median, timeMs } from './statistics.ts';

export const FUNCTIONS = 8;

/** Two nested loops and one inside whose end nobody knows beforehand. Each is another text, so that no cache knows it. */
function source(name: string, constant: number): string {
  return `
def ${name}(size):
    total = ${constant}
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
`;
}

export interface SeveralFigures {
  readonly apartMs: number;
  readonly togetherMs: number;
}

/** From the first calls of new functions to the last of their results, calling each when the last has answered and all at once. */
export async function measureSeveral(rjit: RemoteJIT, rounds: number): Promise<SeveralFigures> {
  let constant = Math.floor(Math.random() * 1e6);
  const define = async (): Promise<readonly RemoteFunction[]> => {
    constant += 1;
    const sources = Array.from({ length: FUNCTIONS }, (_, index) => source(`set${index}`, constant));
    return rjit.define({ source: sources.join('\n'), fileName: 'bench', signatures: ['int64(int64)'] });
  };
  const apart: number[] = [];
  const together: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const first = await define();
    apart.push(
      await timeMs(async () => {
        for (const each of first) await each.async(1);
      }),
    );
    const second = await define();
    together.push(await timeMs(() => Promise.all(second.map((each) => each.async(1)))));
  }
  return { apartMs: median(apart), togetherMs: median(together) };
}
