import { isIP } from 'node:net';
import { RemoteError } from '../contract/remote-error.ts';

/** The address to bind for what the user wrote. `localhost` is IPv4's, where RBC's and our clients look for it. */
export function bindAddress(host: string): string {
  return host === 'localhost' ? '127.0.0.1' : host;
}

export function isLoopback(address: string): boolean {
  return address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}

/**
 * Whoever may compile may run machine code here, so a server that others can reach must know who they are.
 *
 * @throws RemoteError `bad-request` that says what is missing
 */
export function checkBindPolicy(
  address: string,
  guards: { readonly hasToken: boolean; readonly hasTls: boolean; readonly isInsecure: boolean },
): void {
  if (isLoopback(address) || guards.isInsecure || (guards.hasToken && guards.hasTls)) return;
  const missing = [
    ...(guards.hasToken ? [] : ['--token-file FILE']),
    ...(guards.hasTls ? [] : ['--tls-cert FILE --tls-key FILE']),
  ].join(' and ');
  throw new RemoteError(
    'bad-request',
    `refusing to listen on ${address}: whoever reaches this port can run machine code as this user. ` +
      `Add ${missing} (rjit certificate makes them), or --insecure if the network itself is trusted, or leave out --host to serve this machine only`,
  );
}
