import type { SignatureError } from '../../backend/contract/signature-error.ts';
import type { Diagnostic } from './diagnostic.ts';

const EXAMPLE = 'write for example int64(int64, int64)';

/** What is wrong with a signature whose text begins at `offset`: the error's advice becomes the hint. */
export function signatureDiagnostic({ message, start, end }: SignatureError, offset = 0): Diagnostic {
  const [, problem = message, advice = EXAMPLE] =
    /^(.*?); ((?:write|expected|known) .*)$/s.exec(message) ?? [];
  return {
    code: 'signature',
    message: problem,
    span: { start: offset + start, end: offset + end },
    hint: advice,
  };
}
