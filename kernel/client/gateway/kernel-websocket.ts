/** Carries messages between one websocket and its kernel. */
import type { WebSocket } from 'ws';
import type { ConnectionInfo } from '../../jupyter/connection-file.ts';
import type { GatewayKernel, KernelListener } from './gateway-kernel.ts';
import { KernelDealers } from './kernel-dealers.ts';
import { OutputValve } from './output-valve.ts';
import { decodeV1, encodeV1, WebsocketMessageError } from './websocket-v1.ts';

/** RFC 6455, 7.4.1. */
const UNSUPPORTED_DATA = 1003;
const NORMAL_CLOSURE = 1000;

/** Until the websocket closes, or the kernel is shut down. */
export function connectWebsocket(socket: WebSocket, kernel: GatewayKernel): void {
  const send = (channel: string, frames: readonly Uint8Array[]) => {
    if (socket.readyState !== socket.OPEN) return;
    socket.send(encodeV1(channel, frames));
  };
  const valve = new OutputValve(() => socket.bufferedAmount);
  const connect = (connection: ConnectionInfo) =>
    new KernelDealers(connection, {
      onMessage: send,
      onError: (error) => process.emitWarning(error instanceof Error ? error : String(error)),
    });
  let dealers = connect(kernel.connection);
  const listener: KernelListener = {
    onIopub: (frames) => {
      const passed = valve.pass(frames);
      if (passed !== undefined) send('iopub', passed);
    },
    onRestart: (connection) => {
      dealers.close();
      dealers = connect(connection);
    },
    onGone: () => socket.close(NORMAL_CLOSURE, 'the kernel was shut down'),
  };
  kernel.addListener(listener);
  socket.on('message', (data: Buffer) => {
    try {
      forward(data, dealers);
    } catch (error) {
      if (!(error instanceof WebsocketMessageError)) throw error;
      socket.close(UNSUPPORTED_DATA, error.message.slice(0, 120));
    }
  });
  socket.on('error', (error) => process.emitWarning(error));
  socket.on('close', () => {
    kernel.removeListener(listener);
    dealers.close();
  });
}

function forward(data: Buffer, dealers: KernelDealers): void {
  const { channel, frames } = decodeV1(data);
  if (channel !== 'shell' && channel !== 'control' && channel !== 'stdin') {
    throw new WebsocketMessageError(`the channel is "${channel}"; expected shell, control or stdin`);
  }
  dealers.send(channel, frames);
}
