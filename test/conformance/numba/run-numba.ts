/** `npm run conformance -- numba`: the functions of numba's own tests against CPython. */
import { RemoteJIT } from '../../../kernel/rjit/remote-jit.ts';
import type { Findings, Group, GroupOptions } from '../group.ts';
import { pythonVersion, requirePython } from '../python-environment.ts';
import { type CheckedFunction, checkFunction } from './check-function.ts';
import { liftedFunctions } from './functions.ts';
import { judge } from './judge.ts';
import { numbaFindings } from './report.ts';

/** Far more than any of the functions takes. */
const CALL_TIMEOUT_MS = 5000;

export const numbaGroup: Group = {
  name: 'numba',
  async run({ progress }: GroupOptions): Promise<Findings> {
    const python = requirePython('numba');
    const checked: CheckedFunction[] = [];
    const notApplicable: { readonly reason: string }[] = [];
    const jit = new RemoteJIT({ timeoutMs: CALL_TIMEOUT_MS });
    try {
      await jit.startServer({ port: 0 });
      for await (const lifted of liftedFunctions(python)) {
        if (lifted.signatures.length === 0) notApplicable.push({ reason: lifted.reason ?? '' });
        else checked.push(await checkFunction(jit, lifted));
        const count = checked.length + notApplicable.length;
        if (count % 500 === 0) progress(`numba: ${count} functions`);
      }
    } finally {
      await jit.close();
    }
    progress('numba: asking the referees');
    const judged = await judge(
      python,
      checked.flatMap(({ disagreements }) => disagreements),
    );
    return numbaFindings({ checked, notApplicable, judged, versions: pythonVersion(python) });
  },
};
