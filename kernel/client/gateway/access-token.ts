/** Who may use the gateway: whoever shows its token, for a kernel runs any code. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export function newToken(): string {
  return randomBytes(24).toString('hex');
}

/** As Jupyter Server: `Authorization: token …`, `Authorization: Bearer …`, or `?token=…`. */
export function showsToken(request: IncomingMessage, url: URL, token: string): boolean {
  const header = /^(?:token|bearer)\s+(.*)$/i.exec(request.headers.authorization ?? '')?.[1];
  const shown = header ?? url.searchParams.get('token') ?? '';
  // Of digests, which have one length: neither the token's length nor where it differs shows in the time.
  return timingSafeEqual(digest(shown), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
