import { readFile } from 'node:fs/promises';
import { RemoteError } from '../../../backend/contract/remote-error.ts';
import type { Endpoint, ServerLocation } from './requests.ts';

/** What an endpoint file or an address says now. */
export type EndpointState =
  | (ServerLocation & { readonly kind: 'address' })
  /** Not there yet: the server is starting, or starting again. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly error: RemoteError };

/** Reads where the server is. The file is read again each time: a managed backend may have moved. */
export async function readEndpoint(endpoint: Endpoint): Promise<EndpointState> {
  // RBC's servers have a transport of their own.
  if (endpoint.kind === 'rbc') return { kind: 'stopped' };
  if (endpoint.kind !== 'file') return endpoint;
  let text: string;
  try {
    text = await readFile(endpoint.path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { kind: 'missing' };
    return { kind: 'failed', error: RemoteError.from(error, 'unreachable') };
  }
  const state = parseEndpointFile(text, endpoint.path);
  if (state.kind !== 'address' || state.token !== '') return state;
  return { ...state, token: endpoint.token ?? '' };
}

/** `{"host", "port", "pid", "token"?, "fingerprint"?}`, `{"error": {"code", "message"}}` or `{"stopped": true}`. */
export function parseEndpointFile(text: string, path: string): EndpointState {
  const content = parseObject(text);
  if (content?.stopped === true) return { kind: 'stopped' };
  const { error, host, port, token, fingerprint } = content ?? {};
  if (isObject(error)) {
    const fault = { code: String(error.code), message: String(error.message) };
    return { kind: 'failed', error: RemoteError.fromFault(fault) };
  }
  if (typeof host === 'string' && typeof port === 'number' && port > 0 && port < 65536) {
    return {
      kind: 'address',
      host,
      port,
      token: typeof token === 'string' ? token : '',
      tls: typeof fingerprint === 'string' ? { fingerprint } : undefined,
    };
  }
  const found = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return {
    kind: 'failed',
    error: new RemoteError(
      'unreachable',
      `the endpoint file ${path} holds ${JSON.stringify(found)}; expected {"host", "port"} as JSON; start the server again`,
    ),
  };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    // The caller reports what it found instead of JSON.
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
