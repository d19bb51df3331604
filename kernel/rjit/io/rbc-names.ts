import { randomBytes } from 'node:crypto';
import type { FunctionSpec } from '../../../backend/contract/compile-messages.ts';
import { splitModules } from '../../../backend/contract/linked-modules.ts';
import { RemoteError } from '../../../backend/contract/remote-error.ts';

export interface RenamedFunction {
  /** Ours alone; with `mangled`, the symbol in the renamed module. */
  readonly name: string;
  readonly mangled: string;
  /** As it was. */
  readonly symbol: string;
  readonly signature: string;
}

const client = randomBytes(4).toString('hex');
let lastNumber = 0;

/**
 * RBC's server keeps one function a name, for all clients and for ever, so each compiled function gets a name that
 * nothing else had: neither another client's nor an earlier definition's.
 *
 * @throws RemoteError `unsupported` for a module that needs what only our own server has
 */
export function renameForRbc(
  ir: string,
  functions: readonly FunctionSpec[],
): { readonly ir: string; readonly functions: readonly RenamedFunction[] } {
  refuseRuntime(ir, functions);
  lastNumber += 1;
  const renamed = functions.map(({ name, symbol, signature }) => {
    if (!symbol.startsWith(name) || !/^[\w.$]+$/.test(symbol)) {
      throw new RemoteError(
        'unsupported',
        `RBC's server takes functions with names of ASCII letters; found ${name}`,
      );
    }
    const mangled = symbol.slice(name.length);
    return { name: `${name}_${client}_${lastNumber}`, mangled, symbol, signature };
  });
  const byOld = new Map(renamed.map(({ name, mangled, symbol }) => [symbol, name + mangled]));
  const text = ir.replace(/@([\w.$-]+)/g, (whole, symbol: string) => {
    const found = byOld.get(symbol);
    return found === undefined ? whole : `@${found}`;
  });
  return { ir: text, functions: renamed };
}

/** A name that RBC's server can't resolve ends its process. */
function refuseRuntime(ir: string, functions: readonly FunctionSpec[]): void {
  if (splitModules(ir).length > 1) {
    const names = functions.map(({ name }) => name).join(', ');
    throw new RemoteError(
      'unsupported',
      `${names} can't run on RBC's server: it calls functions of a cell in another language than TypeScript or Python, ` +
        "and only rjit's own server can link them",
    );
  }
  const [, needed] = /^declare\b[^\n]*@(rjit_\w+)\(/m.exec(ir) ?? [];
  if (needed === undefined) return;
  const names = functions.map(({ name }) => name).join(', ');
  const why =
    needed === 'rjit_raise'
      ? 'it may raise an error (a division by zero, an index out of bounds, a raise)'
      : `it calls @${needed}`;
  throw new RemoteError(
    'unsupported',
    `${names} can't run on RBC's server: ${why}, which only rjit's own server brings back; connect to one for it`,
  );
}
