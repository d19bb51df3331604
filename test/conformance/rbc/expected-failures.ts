import type { TestResult } from './test-results.ts';

interface ExpectedFailures {
  readonly file: string;
  readonly names: RegExp;
  readonly reason: string;
}

const expected: readonly ExpectedFailures[] = [
  {
    file: 'test_remotejit',
    names: /PyMem/,
    reason: 'the functions call PyMem_RawMalloc and PyMem_RawFree, and there is no CPython in our server',
  },
];

/** Why a test can't pass here; undefined when nothing explains its failure. */
export function reasonOf({ file, name }: TestResult): string | undefined {
  return expected.find((each) => each.file === file && each.names.test(name))?.reason;
}
