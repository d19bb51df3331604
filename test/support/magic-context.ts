import type { MagicContext } from '../../kernel/magics/context.ts';

type Unused = Omit<MagicContext, 'jit' | 'defineGlobal' | 'write' | 'typeChecks' | 'fileName'>;

function fail(name: string): never {
  throw new Error(`this test's magics don't use ${name}`);
}

/** For magics that use the rest of their context only. */
export const unusedContext: Unused = {
  writeError: () => fail('writeError'),
  display: () => fail('display'),
  page: () => fail('page'),
  setNextInput: () => fail('setNextInput'),
  evaluate: () => fail('evaluate'),
  variables: () => fail('variables'),
  inputs: () => fail('inputs'),
  inspect: () => fail('inspect'),
};
