/** `npm run conformance -- mathdata`: CPython's vectors for `math` and `cmath` through Python cells. */
import { readFileSync } from 'node:fs';
import { RemoteJIT } from '../../../kernel/rjit/remote-jit.ts';
import { type Findings, type Group, MissingPeerError } from '../group.ts';
import { type CheckedFunction, checkVectors } from './check-vectors.ts';
import { limitOf } from './limits.ts';
import { findVectorFiles } from './vector-files.ts';
import { parseVectors } from './vectors.ts';

export const mathdataGroup: Group = {
  name: 'mathdata',
  async run(): Promise<Findings> {
    const files = findVectorFiles();
    if (!files) {
      throw new MissingPeerError(
        'no Python here has its own tests; run npm run conformance -- mathdata --install',
      );
    }
    const jit = new RemoteJIT();
    try {
      await jit.startServer({ port: 0 });
      const checked: CheckedFunction[] = [];
      for (const namespace of ['math', 'cmath'] as const) {
        const vectors = parseVectors(readFileSync(files[namespace], 'utf8'));
        checked.push(...(await checkVectors(jit, namespace, vectors, limitOf)));
      }
      return findings(checked);
    } finally {
      await jit.close();
    }
  },
};

function findings(checked: readonly CheckedFunction[]): Findings {
  const failures = checked.flatMap((one) => one.failures);
  const rows = checked.map(({ name, vectors, raising, ulps }) => {
    const { ulps: limit, absolute } = limitOf(name);
    const allowed = absolute === undefined ? `${limit}` : `${limit}, or ${absolute} absolute`;
    return `| \`${name}\` | ${vectors} | ${raising} | ${ulps} | ${allowed} |`;
  });
  const markdown = `## CPython's vectors for \`math\` and \`cmath\`

The vectors that CPython tests itself with, each through a Python cell; the expected values are correctly rounded. NaNs,
infinities and the signs of zeros must be exactly theirs. Where CPython raises ValueError or OverflowError, as the
vectors' flags say, compiled code gives the value that they state beside it.

${count(checked, 'math')} vectors of \`math\` and ${count(checked, 'cmath')} of \`cmath\`; ${failures.length} beyond the limits.

| Function | Vectors | CPython raises | Largest error, ulps | Limit, ulps |
|---|---:|---:|---:|---:|
${rows.join('\n')}
`;
  return { markdown, details: checked, unexplained: failures };
}

function count(checked: readonly CheckedFunction[], namespace: string): number {
  const ofNamespace = checked.filter(({ name }) => name.startsWith(`${namespace}.`));
  return ofNamespace.reduce((total, one) => total + one.vectors, 0);
}
