import type { RaiseMessage } from '../contract/raise-kinds.ts';
import { RemoteError } from '../contract/remote-error.ts';

/** What `CompileRequest.options` of remotejit.thrift may say. Unknown keys are for other versions and are ignored. */
export interface CompileOptions {
  /** `raises`: JSON `[{"exception": …, "message": …}, …]`, what `rjit_raise` kinds from `FIRST_MODULE_RAISE` on mean. */
  readonly raises: readonly RaiseMessage[];
  /** `files`: JSON `["In[4]", …]`, names of the sources that the locations given to `rjit_raise` are in. */
  readonly files: readonly string[];
}

/** @throws RemoteError `bad-request` for a value that isn't what its key needs */
export function parseCompileOptions(options: Readonly<Record<string, string>>): CompileOptions {
  const { raises, files } = options;
  return {
    raises: raises === undefined ? [] : parseRaises(raises),
    files: files === undefined ? [] : parseFiles(files),
  };
}

function parseFiles(text: string): readonly string[] {
  const parsed = parseJson(text);
  if (Array.isArray(parsed) && parsed.every((name) => typeof name === 'string')) return parsed;
  throw new RemoteError(
    'bad-request',
    `the compile option 'files' is ${text.slice(0, 80)}; a JSON array of names is needed`,
  );
}

function parseRaises(text: string): readonly RaiseMessage[] {
  const parsed = parseJson(text);
  if (Array.isArray(parsed) && parsed.every(isRaiseMessage)) {
    return parsed.map(({ exception, message }) => ({ exception, message }));
  }
  throw new RemoteError(
    'bad-request',
    `the compile option 'raises' is ${text.slice(0, 80)}; a JSON array of {"exception", "message"} is needed`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // The caller words the one error for every wrong value.
  }
}

function isRaiseMessage(value: unknown): value is RaiseMessage {
  if (typeof value !== 'object' || value === null) return false;
  if (!('exception' in value) || !('message' in value)) return false;
  return typeof value.exception === 'string' && typeof value.message === 'string';
}
