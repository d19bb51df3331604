import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { rbcPython, rbcVersion, withRbcServer } from '../support/rbc-environment.ts';
import { repositoryRoot } from '../support/repository-root.ts';

export interface RbcFigures {
  /** With its version, as the table's head. */
  readonly name: string;
  readonly overloadMs: number;
  readonly callMicroseconds: number;
  /** NumPy and Numba in the same process as the data. */
  readonly localMapMs: number;
}

/** RBC's own client and server, measured by a program of their own; undefined where RBC isn't installed. */
export async function measureRbc(
  overloads: number,
  calls: number,
  pairs: number,
): Promise<RbcFigures | undefined> {
  const python = rbcPython();
  if (python === undefined) return undefined;
  const program = join(repositoryRoot, 'test', 'bench', 'rbc-measure.py');
  let output = '';
  await withRbcServer(python, async (port) => {
    const args = [port, overloads, calls, pairs].map(String);
    output = execFileSync(python, [program, ...args], { encoding: 'utf8' });
  });
  const line: unknown = JSON.parse(output.trim().split('\n').at(-1) ?? '');
  return { name: rbcVersion(python), ...figuresOf(line) };
}

function figuresOf(line: unknown): Omit<RbcFigures, 'name'> {
  if (typeof line !== 'object' || line === null) throw new Error('rbc-measure.py printed no object');
  const number = (name: string): number => {
    const value: unknown = Reflect.get(line, name);
    if (typeof value !== 'number') throw new Error(`rbc-measure.py printed no ${name}`);
    return value;
  };
  return {
    overloadMs: number('overloadMs'),
    callMicroseconds: number('callMicroseconds'),
    localMapMs: number('localMapMs'),
  };
}
