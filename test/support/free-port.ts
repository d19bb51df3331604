import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Notebook } from '../../kernel/client/notebook.ts';

/** The demo says 7890 in its cells; in tests any free port will do. */
const DEMO_PORT = '7890';

export async function onFreePort(notebook: Notebook): Promise<Notebook> {
  const port = String(await freePort());
  const cells = notebook.cells.map((cell) => ({ ...cell, source: cell.source.replaceAll(DEMO_PORT, port) }));
  return { ...notebook, cells };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
