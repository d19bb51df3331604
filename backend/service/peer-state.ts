import { readFileSync } from 'node:fs';
import { isIPv4, type Socket } from 'node:net';

const established = '01';

/**
 * Whether the other end of a TCP connection is still there, without reading from the socket: another process does
 * that. By Linux's table of connections; true where there is none.
 *
 * A peer that has only closed its sending direction counts as gone: no client of ours or of RBC does that.
 */
export function isPeerConnected(socket: Socket): boolean {
  const { localPort, remoteAddress, remotePort } = socket;
  if (localPort === undefined || remoteAddress === undefined || remotePort === undefined) return true;
  let table: string;
  try {
    table = readFileSync('/proc/net/tcp', 'latin1') + readFileSync('/proc/net/tcp6', 'latin1');
  } catch {
    return true; // IPv6 may be switched off, /proc may not be mounted: nothing is known then.
  }
  const local = new RegExp(`:${portText(localPort)} +(\\S+):${portText(remotePort)} +(\\S+) `, 'g');
  const suffix = isIPv4Peer(remoteAddress) ? ipv4Text(remoteAddress) : '';
  for (const [, address = '', state] of table.matchAll(local)) {
    if (address.endsWith(suffix) && state === established) return true;
  }
  return false;
}

function portText(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0');
}

const mappedPrefix = '::ffff:';

function isIPv4Peer(address: string): boolean {
  return isIPv4(address.replace(mappedPrefix, ''));
}

/** The kernel prints an address as the number it is in memory: 127.0.0.1 is 0100007F. */
function ipv4Text(address: string): string {
  const bytes = address.replace(mappedPrefix, '').split('.').map(Number).reverse();
  return Buffer.from(bytes).toString('hex').toUpperCase();
}
