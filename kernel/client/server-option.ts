/** `--server URL --token T`, as the commands that reach kernels through a Jupyter server take them. */
import type { JupyterServer } from './jupyter-server.ts';

export class ServerOptionError extends Error {
  override readonly name = 'ServerOptionError';
}

/** A token may also be in the URL, as Jupyter prints it, or in JUPYTER_TOKEN. @throws {ServerOptionError} */
export function parseServer({
  server,
  token,
}: {
  readonly server?: string | undefined;
  readonly token?: string | undefined;
}): JupyterServer | undefined {
  if (server === undefined) return undefined;
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new ServerOptionError(`--server is "${server}"; expected a URL such as http://127.0.0.1:8888/`);
  }
  const shown = token ?? url.searchParams.get('token') ?? process.env.JUPYTER_TOKEN ?? '';
  return { url: `${url.origin}${url.pathname.replace(/\/?$/, '/')}`, token: shown };
}
