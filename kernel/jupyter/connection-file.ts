import { readFileSync } from 'node:fs';
import { describeJson, type JsonObject, MessageError, parseJsonObject } from './messages.ts';
import { requireScheme } from './signing.ts';

export type Channel = 'shell' | 'iopub' | 'stdin' | 'control' | 'hb';

export const CHANNELS: readonly Channel[] = ['shell', 'iopub', 'stdin', 'control', 'hb'];

/** A CurveZMQ key pair; each key is 32 bytes in Z85, 40 characters. */
export interface CurveKeys {
  readonly publicKey: string;
  readonly secretKey: string;
}

export interface ConnectionInfo {
  readonly transport: 'tcp' | 'ipc';
  /** A host for tcp, the start of a path for ipc. */
  readonly ip: string;
  readonly ports: Readonly<Record<Channel, number>>;
  /** Empty: messages are neither signed nor checked. */
  readonly key: string;
  readonly signatureScheme: string;
  /** With them, all channels are encrypted; both sides use the same pair. */
  readonly curve?: CurveKeys;
}

/** The connection file can't be read or isn't one; the text says what was found, expected, and how to fix it. */
export class ConnectionFileError extends Error {
  override readonly name = 'ConnectionFileError';
}

/**
 * What a kernel is started with: where to bind its channels, or where to say which ports it has taken (protocol 5.6,
 * "Kernel startup handshake").
 */
export type StartupInfo =
  | { readonly kind: 'connection'; readonly connection: ConnectionInfo }
  | { readonly kind: 'registration'; readonly registration: RegistrationInfo };

export interface RegistrationInfo extends Omit<ConnectionInfo, 'ports'> {
  /** How the launcher tells its kernels apart. */
  readonly kernelId: string;
  /** The ZeroMQ address of the socket on which the launcher waits. */
  readonly endpoint: string;
}

/** @throws {ConnectionFileError} */
export function readConnectionFile(path: string): ConnectionInfo {
  return parseConnectionFile(readText(path), path);
}

/** Reads a connection file or a registration file. @throws {ConnectionFileError} */
export function readStartupFile(path: string): StartupInfo {
  const text = readText(path);
  return parseFile(text, path, (fields) =>
    fields.registration_port === undefined
      ? { kind: 'connection', connection: connectionFrom(fields) }
      : { kind: 'registration', registration: registrationFrom(fields) },
  );
}

/** @throws {ConnectionFileError} naming `path` and the field. */
export function parseConnectionFile(text: string, path: string): ConnectionInfo {
  return parseFile(text, path, connectionFrom);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConnectionFileError(
      `cannot read the connection file ${path}: ${reason}; pass the path of the file that the Jupyter client wrote`,
    );
  }
}

function parseFile<T>(text: string, path: string, parse: (fields: JsonObject) => T): T {
  try {
    return parse(parseJsonObject(text, 'the file'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConnectionFileError(
      `the connection file ${path} is broken: ${reason}; let the Jupyter client write it again`,
    );
  }
}

function connectionFrom(fields: JsonObject): ConnectionInfo {
  const transport = parseTransport(fields);
  return {
    transport,
    ip: stringField(fields, 'ip', '127.0.0.1'),
    ports: parsePorts(fields, transport),
    ...parseSecrets(fields),
  };
}

function registrationFrom(fields: JsonObject): RegistrationInfo {
  const transport = parseTransport(fields);
  const launcherIp = stringField(fields, 'registration_ip', '127.0.0.1');
  const port = parsePort(fields, 'registration_port', transport);
  return {
    kernelId: stringField(fields, 'kernel_id'),
    endpoint: endpointAt(transport, launcherIp, port),
    transport,
    // Where the channels go is the kernel's to choose; what its launcher can reach is near the launcher.
    ip: stringField(fields, 'ip', launcherIp),
    ...parseSecrets(fields),
  };
}

function parseSecrets(fields: JsonObject): Pick<ConnectionInfo, 'key' | 'signatureScheme' | 'curve'> {
  const key = stringField(fields, 'key');
  // Jupyter writes an empty scheme together with an empty key.
  const signatureScheme = stringField(fields, 'signature_scheme', 'hmac-sha256') || 'hmac-sha256';
  requireScheme(signatureScheme);
  const curve = parseCurve(fields);
  return { key, signatureScheme, ...(curve !== undefined && { curve }) };
}

/** A file with one of the two only must not give an open channel. */
function parseCurve(fields: JsonObject): CurveKeys | undefined {
  if (fields.curve_publickey == null && fields.curve_secretkey == null) return undefined;
  return {
    publicKey: curveField(fields, 'curve_publickey'),
    secretKey: curveField(fields, 'curve_secretkey'),
  };
}

function curveField(fields: JsonObject, name: string): string {
  const value = fields[name];
  if (typeof value === 'string' && /^[\x21-\x7e]{40}$/.test(value)) return value;
  // Not the value: it may be most of a secret.
  const found = typeof value === 'string' ? `a string of ${value.length} characters` : describeJson(value);
  throw new MessageError(`${name} is ${found}; expected a CurveZMQ key of 40 characters in Z85`);
}

/** @throws {MessageError} naming the field that is no port. */
export function parsePorts(
  fields: JsonObject,
  transport: ConnectionInfo['transport'],
): ConnectionInfo['ports'] {
  return {
    shell: parsePort(fields, 'shell_port', transport),
    iopub: parsePort(fields, 'iopub_port', transport),
    stdin: parsePort(fields, 'stdin_port', transport),
    control: parsePort(fields, 'control_port', transport),
    hb: parsePort(fields, 'hb_port', transport),
  };
}

/** The ZeroMQ address of a channel. */
export function endpointOf(connection: ConnectionInfo, channel: Channel): string {
  return endpointAt(connection.transport, connection.ip, connection.ports[channel]);
}

/** For ipc, Jupyter joins path and port with a dash. */
export function endpointAt(transport: ConnectionInfo['transport'], ip: string, port: number): string {
  if (transport === 'ipc') return `ipc://${ip}-${port}`;
  const host = ip.includes(':') ? `[${ip}]` : ip;
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
    ...(connection.curve !== undefined && {
      curve_publickey: connection.curve.publicKey,
      curve_secretkey: connection.curve.secretKey,
    }),
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

function parsePort(fields: JsonObject, name: string, transport: 'tcp' | 'ipc'): number {
  const value = fields[name];
  const highest = transport === 'tcp' ? 65535 : Number.MAX_SAFE_INTEGER;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= highest) return value;
  const expected = transport === 'tcp' ? 'an integer from 1 to 65535' : 'a positive integer';
  throw new MessageError(`${name} is ${describeJson(value)}; expected ${expected}`);
}
