/** Part of the package's own types, which must not need those of `@jupyterlab/services`. */
export interface JupyterServer {
  /** `http://127.0.0.1:8888/` */
  readonly url: string;
  readonly token: string;
}

/** The server can't be reached, or refuses what it is asked; the text says which and why. */
export class JupyterServerError extends Error {
  override readonly name = 'JupyterServerError';
}
