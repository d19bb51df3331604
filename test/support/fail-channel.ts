/** Tells a failing I/O thread (failing-io-main.ts) to fail: 'throw', or 'exit' for an end without a word. */
export const FAIL_CHANNEL = 'rjit-test.fail';
