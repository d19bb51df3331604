/** What a Jupyter server answers when it does not do what it is asked. */
import type { ServerConnection } from '@jupyterlab/services';
import { type JupyterServer, JupyterServerError } from './jupyter-server.ts';

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
