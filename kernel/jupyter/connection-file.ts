import { readFileSync } from 'node:fs';
import { describeJson, type JsonObject, MessageError, parseJsonObject } from './messages.ts';
import { requireScheme } from './signing.ts';

export type Channel = 'shell' | 'iopub' | 'stdin' | 'control' | 'hb';

export const CHANNELS: readonly Channel[] = ['shell', 'iopub', 'stdin', 'control', 'hb'];

export interface ConnectionInfo {
  readonly transport: 'tcp' | 'ipc';
  /** A host for tcp, the start of a path for ipc. */
  readonly ip: string;
  readonly ports: Readonly<Record<Channel, number>>;
  /** Empty: messages are neither signed nor checked. */
  readonly key: string;
  readonly signatureScheme: string;
}

/** The connection file can't be read or isn't one; the text says what was found, expected, and how to fix it. */
export class ConnectionFileError extends Error {
  override readonly name = 'ConnectionFileError';
}

/** @throws {ConnectionFileError} */
export function readConnectionFile(path: string): ConnectionInfo {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConnectionFileError(
      `cannot read the connection file ${path}: ${reason}; pass the path of the file that the Jupyter client wrote`,
    );
  }
  return parseConnectionFile(text, path);
}

/** @throws {ConnectionFileError} naming `path` and the field. */
export function parseConnectionFile(text: string, path: string): ConnectionInfo {
  try {
    const fields = parseJsonObject(text, 'the file');
    const transport = parseTransport(fields);
    const key = stringField(fields, 'key');
    // Jupyter writes an empty scheme together with an empty key.
    const signatureScheme = stringField(fields, 'signature_scheme', 'hmac-sha256') || 'hmac-sha256';
    requireScheme(signatureScheme);
    return {
      transport,
      ip: stringField(fields, 'ip', '127.0.0.1'),
      ports: {
        shell: portField(fields, 'shell_port', transport),
        iopub: portField(fields, 'iopub_port', transport),
        stdin: portField(fields, 'stdin_port', transport),
        control: portField(fields, 'control_port', transport),
        hb: portField(fields, 'hb_port', transport),
      },
      key,
      signatureScheme,
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConnectionFileError(
      `the connection file ${path} is broken: ${reason}; let the Jupyter client write it again`,
    );
  }
}

/** The ZeroMQ address of a channel; for ipc, Jupyter joins path and port with a dash. */
export function endpointOf(connection: ConnectionInfo, channel: Channel): string {
  const port = connection.ports[channel];
  if (connection.transport === 'ipc') return `ipc://${connection.ip}-${port}`;
  const host = connection.ip.includes(':') ? `[${connection.ip}]` : connection.ip;
  return `tcp://${host}:${port}`;
}

/** The text of a connection file, as Jupyter clients write it. */
export function connectionFileText(connection: ConnectionInfo, kernelName: string): string {
  const ports = Object.fromEntries(CHANNELS.map((channel) => [`${channel}_port`, connection.ports[channel]]));
  const fields = {
    transport: connection.transport,
    ip: connection.ip,
    ...ports,
    key: connection.key,
    signature_scheme: connection.signatureScheme,
    kernel_name: kernelName,
  };
  return `${JSON.stringify(fields, undefined, 2)}\n`;
}

function parseTransport(fields: JsonObject): 'tcp' | 'ipc' {
  const transport = fields.transport ?? 'tcp';
  if (transport === 'tcp' || transport === 'ipc') return transport;
  throw new MessageError(`transport is ${describeJson(transport)}; expected "tcp" or "ipc"`);
}

function stringField(fields: JsonObject, name: string, fallback?: string): string {
  const value = fields[name] ?? fallback;
  if (typeof value === 'string') return value;
  throw new MessageError(`${name} is ${describeJson(value)}; expected a string`);
}

function portField(fields: JsonObject, name: string, transport: 'tcp' | 'ipc'): number {
  const value = fields[name];
  const highest = transport === 'tcp' ? 65535 : Number.MAX_SAFE_INTEGER;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= highest) return value;
  const expected = transport === 'tcp' ? 'an integer from 1 to 65535' : 'a positive integer';
  throw new MessageError(`${name} is ${describeJson(value)}; expected ${expected}`);
}
