// @ts-check
import { parseArgs } from 'node:util';

const usage = `usage: node install.js [OPTION ...]

  --client-only   go on without libLLVM: cells then need a remote backend (%rjit connect)
  --demo          run notebooks/rbc-demo.ipynb afterwards and save what it gives
  --quiet         say nothing when nothing had to be done
  --test-tools    also install what only tests use: a clang, each libLLVM from 14 to 19 that apt offers, and
                  jupyter_kernel_test in .venv
  --python-tools  also install in .venv what only comparisons and benchmarks use: numba, ipykernel, Deno and others
`;

/** Ends the process after --help. */
export function readOptions() {
  const flag = /** @type {const} */ ({ type: 'boolean', default: false });
  const { values } = parseArgs({
    options: {
      'client-only': flag,
      demo: flag,
      quiet: flag,
      'test-tools': flag,
      'python-tools': flag,
      help: flag,
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    process.exit(0);
  }
  return {
    clientOnly: values['client-only'],
    demo: values.demo,
    quiet: values.quiet,
    testTools: values['test-tools'],
    pythonTools: values['python-tools'],
  };
}
