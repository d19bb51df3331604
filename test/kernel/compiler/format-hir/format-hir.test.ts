import { parseSignature } from '../../../../backend/contract/parse-type.ts';
import { assignSignatures } from '../../../../kernel/compiler/assign-signatures.ts';
import { checkModule } from '../../../../kernel/compiler/compile.ts';
import type { Result } from '../../../../kernel/compiler/diagnostic.ts';
import { formatHir } from '../../../../kernel/compiler/format-hir.ts';
import { parseModule } from '../../../../kernel/compiler/parse-module.ts';
import { runCases } from '../../../support/case-runner.ts';

/* `==> hir SIGNATURES`: the typed tree of the source for them. */

runCases('test/kernel/compiler/format-hir/cases', ({ case: { source }, section }) => {
  const module = valueIn(parseModule({ source, fileName: 'In[1]' }));
  const signatures = section.argument.split(';').map((text) => ({ signature: parseSignature(text) }));
  const overloads = valueIn(assignSignatures(module, signatures));
  return formatHir(valueIn(checkModule({ module, overloads })));
});

function valueIn<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(result.diagnostics.map(({ message }) => message).join('\n'));
}
