/** A Jupyter server, and what it answers when it does not do what it is asked. */
import type { ServerConnection } from '@jupyterlab/services';

export interface JupyterServer {
  /** `http://127.0.0.1:8888/` */
  readonly url: string;
  readonly token: string;
}

/** The server can't be reached, or refuses what it is asked; the text says which and why. */
export class JupyterServerError extends Error {
  override readonly name = 'JupyterServerError';
}

/** An error of `@jupyterlab/services` in our words; any other as it is. */
export function serverError(
  error: unknown,
  { url }: JupyterServer,
  { ResponseError, NetworkError }: Pick<typeof ServerConnection, 'ResponseError' | 'NetworkError'>,
): unknown {
  if (error instanceof ResponseError) {
    const { status } = error.response;
    const hint = status === 401 || status === 403 ? '; is the token right?' : '';
    return new JupyterServerError(`the server at ${url} answers ${status}: ${error.message}${hint}`);
  }
  if (error instanceof NetworkError) {
    return new JupyterServerError(
      `the server at ${url} can't be reached: ${error.message}; does it run there?`,
    );
  }
  return error;
}
