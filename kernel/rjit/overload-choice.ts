import { formatParameters, formatType } from '../../backend/contract/format-type.ts';
import { signaturePenalty } from '../../backend/contract/match.ts';
import { RemoteError } from '../../backend/contract/remote-error.ts';
import type { FunctionType, Type } from '../../backend/contract/types.ts';

/**
 * The overload for arguments of these types: the one with the least penalty, of several such the oldest, as RBC does.
 *
 * @throws RemoteError `no-match` with RBC's text
 */
export function chooseOverload<T extends { readonly signature: FunctionType }>(
  overloads: readonly T[],
  argumentTypes: readonly Type[],
): T {
  let best: { readonly overload: T; readonly penalty: number } | undefined;
  for (const overload of overloads) {
    const penalty = signaturePenalty(overload.signature, argumentTypes);
    if (penalty !== undefined && (!best || penalty < best.penalty)) best = { overload, penalty };
  }
  if (best) return best.overload;
  const available = overloads.map(({ signature }) => `\n    ${formatType(signature)}`).join('');
  throw new RemoteError(
    'no-match',
    `found no matching function signature to given argument types:\n    (${formatParameters(argumentTypes)}) -> ...\n` +
      `  available function signatures:${available}`,
  );
}
