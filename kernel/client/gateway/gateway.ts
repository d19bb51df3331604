/** A small Jupyter server for kernels, without Python: REST, websockets, a token. `@jupyterlab/services` drives it. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { JsonValue } from '../../jupyter/messages.ts';
import { KernelDiedError, KernelTimeoutError } from '../kernel-connection.ts';
import { type Kernelspec, listKernelspecs } from '../kernelspecs.ts';
import { kernelspecFor } from '../notebook-kernel.ts';
import { newToken, showsToken } from './access-token.ts';
import type { GatewayKernel } from './gateway-kernel.ts';
import { GatewaySessions } from './gateway-sessions.ts';
import { HttpError } from './http-error.ts';
import { KernelWebsockets } from './kernel-websocket.ts';
import { answerRequest, type RestResponse } from './rest-api.ts';
import { V1_PROTOCOL } from './websocket-v1.ts';

const MAX_BODY_BYTES = 1024 * 1024;
const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;
/** What `/api` says: the version of Jupyter Server's API that this is a part of. */
const API_VERSION = '2.14.0';

export interface GatewayOptions {
  readonly host?: string;
  /** 0, or left out: any that is free. */
  readonly port?: number;
  /** Left out: a random one. */
  readonly token?: string;
  /** Kernels run below it, in the folders of their notebooks. */
  readonly rootDirectory?: string;
  readonly defaultKernel?: string;
}

export class Gateway {
  readonly token: string;
  readonly #server: Server;
  readonly #websockets: WebSocketServer;
  readonly #sessions: GatewaySessions;
  readonly #clients = new KernelWebsockets();
  readonly #defaultKernel: string;
  readonly #started = new Date();

  private constructor(options: GatewayOptions) {
    this.token = options.token ?? newToken();
    this.#defaultKernel = options.defaultKernel ?? 'rjit';
    this.#sessions = new GatewaySessions({
      findKernelspec: kernelspecFor,
      defaultKernel: this.#defaultKernel,
      rootDirectory: options.rootDirectory ?? process.cwd(),
    });
    this.#websockets = new WebSocketServer({
      noServer: true,
      maxPayload: MAX_MESSAGE_BYTES,
      handleProtocols: (offered) => (offered.has(V1_PROTOCOL) ? V1_PROTOCOL : false),
    });
    this.#server = createServer((request, response) => void this.#onRequest(request, response));
    this.#server.on('upgrade', (request, socket, head) => this.#onUpgrade(request, socket, head));
  }

  /** Resolves when it listens. @throws when the port is taken, as `node:net` does */
  static async start(options: GatewayOptions = {}): Promise<Gateway> {
    const gateway = new Gateway(options);
    gateway.#server.listen(options.port ?? 0, options.host ?? '127.0.0.1');
    await once(gateway.#server, 'listening');
    return gateway;
  }

  /** `http://127.0.0.1:8888/` */
  get url(): string {
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the gateway has no port');
    const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
    return `http://${host}:${address.port}/`;
  }

  /** Ends all kernels. */
  async close(): Promise<void> {
    await this.#sessions.close();
    for (const socket of this.#websockets.clients) socket.terminate();
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    send(response, await this.#answer(request).catch(errorResponse));
  }

  async #answer(request: IncomingMessage): Promise<RestResponse> {
    const url = this.#authenticated(request);
    return answerRequest(
      { method: request.method ?? 'GET', segments: segmentsOf(url), body: await readBody(request) },
      {
        sessions: this.#sessions,
        kernelspecs: () => this.#kernelspecs(),
        defaultKernel: this.#defaultKernel,
        version: API_VERSION,
        started: this.#started,
      },
    );
  }

  /** Those installed, and the default one, which may be the one beside this file. */
  #kernelspecs(): ReadonlyMap<string, Kernelspec> {
    const specs = new Map(listKernelspecs());
    if (!specs.has(this.#defaultKernel) && this.#defaultKernel === 'rjit')
      specs.set('rjit', kernelspecFor('rjit'));
    return specs;
  }

  #onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    try {
      const url = this.#authenticated(request);
      const kernel = this.#kernelOfSocket(url, request);
      const sessionId = url.searchParams.get('session_id') ?? randomUUID();
      this.#websockets.handleUpgrade(request, socket, head, (websocket) =>
        this.#clients.connect(websocket, kernel, sessionId),
      );
    } catch (error) {
      const { status, body } = errorResponse(error);
      const text = JSON.stringify(body);
      const head = `HTTP/1.1 ${status} Refused\r\ncontent-type: application/json\r\nconnection: close\r\n`;
      socket.end(`${head}content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    }
  }

  #kernelOfSocket(url: URL, request: IncomingMessage): GatewayKernel {
    const [api, kernels, id = '', channels, ...rest] = segmentsOf(url);
    const isChannels = api === 'api' && kernels === 'kernels' && channels === 'channels' && rest.length === 0;
    if (!isChannels) throw new HttpError(404, 'the websocket of a kernel is at /api/kernels/ID/channels');
    const offered = request.headers['sec-websocket-protocol'] ?? '';
    if (!offered.split(/\s*,\s*/).includes(V1_PROTOCOL)) {
      throw new HttpError(
        400,
        `the subprotocols offered are "${offered}"; expected ${V1_PROTOCOL} among them`,
      );
    }
    return this.#sessions.kernel(id);
  }

  /** @throws {HttpError} 403 */
  #authenticated(request: IncomingMessage): URL {
    const url = new URL(request.url ?? '/', 'http://gateway.invalid');
    if (showsToken(request, url, this.token)) return url;
    throw new HttpError(403, 'Forbidden: send the header "Authorization: token …", or ?token=…');
  }
}

function segmentsOf(url: URL): readonly string[] {
  try {
    return url.pathname
      .split('/')
      .filter((segment) => segment !== '')
      .map(decodeURIComponent);
  } catch {
    throw new HttpError(400, `the path ${url.pathname} is not encoded as URLs are`);
  }
}

async function readBody(request: IncomingMessage): Promise<JsonValue | undefined> {
  const chunks: Buffer[] = [];
  let byteLength = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    byteLength += chunk.length;
    if (byteLength > MAX_BODY_BYTES) throw new HttpError(413, `the body is over ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new HttpError(
      400,
      `the body is not JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function send(response: ServerResponse, { status, headers, body }: RestResponse): void {
  if (body === undefined) {
    response.writeHead(status, headers).end();
    return;
  }
  const bytes = body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body));
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(bytes);
}

/** A kernel that doesn't start is the user's affair; all else is a bug of ours and keeps its stack in the log. */
function errorResponse(error: unknown): RestResponse {
  if (error instanceof HttpError)
    return { status: error.status, body: { message: error.message, reason: null } };
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof KernelDiedError || error instanceof KernelTimeoutError)) {
    process.emitWarning(error instanceof Error ? error : message);
  }
  return { status: 500, body: { message, reason: null } };
}
