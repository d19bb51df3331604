import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { Heartbeat } from './heartbeat.ts';

/** What a websocket is asked, and told, about its silence. */
export interface SilenceOptions {
  readonly silenceMs: number;
  readonly onSilent: () => void;
}

/**
 * Websockets that end when nothing comes of the other end for `silenceMs`, neither a message nor the answer to a ping:
 * a network that swallows everything ends no connection by itself.
 */
export function pingedWebSocket({
  silenceMs,
  onSilent,
}: SilenceOptions): new (
  address: string | URL,
  protocols?: string | string[],
) => WebSocket {
  return class PingedWebSocket extends WebSocket {
    constructor(address: string | URL, protocols?: string | string[]) {
      super(address, protocols);
      let socket: IncomingMessage['socket'] | undefined;
      this.once('upgrade', (response) => {
        socket = response.socket;
      });
      this.once('open', () => {
        const heartbeat = new Heartbeat({
          ping: () => {
            if (this.readyState === this.OPEN) this.ping();
          },
          timeoutMs: silenceMs,
          onLost: () => {
            onSilent();
            this.terminate();
          },
        });
        // Any byte is a sign of life: the answer to a ping may come behind a long message.
        socket?.on('data', () => heartbeat.answered());
        this.once('close', () => heartbeat.stop());
      });
    }
  };
}
