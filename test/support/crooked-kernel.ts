/**
 * A kernel that does not keep to the protocol: `node crooked-kernel.js CONNECTION_FILE`. It answers kernel_info as it
 * should; the code of a cell names what it does wrong.
 */
import { randomUUID } from 'node:crypto';
import { Publisher, Reply, Router } from 'zeromq';
import { endpointOf, readConnectionFile } from '../../kernel/jupyter/connection-file.ts';
import { headerToJson, type Message, PROTOCOL_VERSION } from '../../kernel/jupyter/messages.ts';
import { MessageSigner } from '../../kernel/jupyter/signing.ts';
import { decodeMessage, encodeMessage } from '../../kernel/jupyter/wire.ts';

type Frames = (string | Uint8Array)[];

const connection = readConnectionFile(process.argv[2] ?? '');
const signer = new MessageSigner(connection.key, connection.signatureScheme);
const shell = new Router();
const control = new Router();
const stdin = new Router();
const heartbeat = new Reply();
const iopub = new Publisher();
await Promise.all([
  shell.bind(endpointOf(connection, 'shell')),
  control.bind(endpointOf(connection, 'control')),
  stdin.bind(endpointOf(connection, 'stdin')),
  heartbeat.bind(endpointOf(connection, 'hb')),
  iopub.bind(endpointOf(connection, 'iopub')),
]);
void answer(shell);
void answer(control);
for await (const frames of heartbeat) await heartbeat.send(frames);

async function answer(socket: Router): Promise<void> {
  for await (const frames of socket) {
    const request = decodeMessage(frames, signer);
    if (request.header.messageType === 'shutdown_request') process.exit(0);
    await publish(request, 'status', { execution_state: 'busy' });
    if (request.header.messageType === 'execute_request')
      await misbehave(String(request.content.code), request);
    else
      await socket.send(
        message(request, 'kernel_info_reply', { status: 'ok', language_info: { name: 'none' } }),
      );
    await publish(request, 'status', { execution_state: 'idle' });
  }
}

async function misbehave(code: string, request: Message): Promise<void> {
  const reply = message(request, 'execute_reply', { status: 'ok', execution_count: 1 });
  switch (code) {
    case 'wrong signature':
      return shell.send(reply.map((frame, index) => (index === 2 ? '0'.repeat(64) : frame)));
    case 'no JSON':
      return shell.send(message(request, 'execute_reply', '{"status": '));
    case 'no header':
      return shell.send(reply.slice(0, 3));
    case 'noise on iopub':
      return iopub.send(['noise']);
    case 'too long':
      return iopub.send(Buffer.alloc(256_000_001));
    case 'another reply':
      await shell.send(message(request, 'complete_reply', { matches: 7 }));
      return;
    default:
      return shell.send(reply);
  }
}

function publish(request: Message, type: string, content: object): Promise<void> {
  return iopub.send(message({ ...request, identities: [Buffer.from(type)] }, type, content));
}

function message(request: Message, messageType: string, content: object | string): Frames {
  const header = {
    messageId: randomUUID(),
    session: 'crooked',
    username: '',
    date: new Date().toISOString(),
    messageType,
    version: PROTOCOL_VERSION,
  };
  return encodeMessage(
    {
      identities: request.identities,
      headerJson: headerToJson(header),
      parentHeaderJson: request.headerJson,
      metadataJson: '{}',
      contentJson: typeof content === 'string' ? content : JSON.stringify(content),
    },
    signer,
  );
}
