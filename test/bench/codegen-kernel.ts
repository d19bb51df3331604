/** The same program three times: as a `%%rjit` cell in Python, in C for clang, and in JavaScript for V8. */
export interface CodegenKernel {
  readonly name: string;
  /** Takes an int64, then an array for each of `arrayLengths`. */
  readonly signature: string;
  readonly argument: number;
  /** Of the float64 arrays that the kernel works in; they are all 0 at first. */
  readonly arrayLengths: readonly number[];
  readonly python: string;
  /** Of the Python, for us and numba; by default a division by zero raises. */
  readonly errorModel?: 'language' | 'numpy';
  /** Defines `result_type kernel(long n, double *a, …)`. */
  readonly c: { readonly resultType: 'long' | 'double'; readonly source: string };
  readonly javaScript: (n: number, ...arrays: readonly Float64Array[]) => number;
}
