/** A message of `@jupyterlab/services` as it would have come by ZeroMQ. */
import type { KernelMessage } from '@jupyterlab/services';
import { headerToJson, isJsonObject, type Message, PROTOCOL_VERSION } from '../jupyter/messages.ts';

/** Its fields are JSON, read by the library. */
export function toMessage(message: KernelMessage.IMessage): Message {
  const { header } = message;
  const parent: unknown = message.parent_header;
  const content: unknown = message.content;
  const metadata: unknown = message.metadata;
  return {
    identities: [],
    header: {
      messageId: header.msg_id,
      session: header.session,
      username: header.username,
      date: header.date,
      messageType: header.msg_type,
      version: header.version,
    },
    headerJson: JSON.stringify(header),
    parentHeader: isJsonObject(parent) ? parent : {},
    metadata: isJsonObject(metadata) ? metadata : {},
    content: isJsonObject(content) ? content : {},
    buffers: [],
  };
}

/** Text that the runner, not the kernel, adds to a cell's standard error. */
export function stderrMessage(text: string): Message {
  const header = {
    messageId: '',
    session: '',
    username: 'rjit',
    date: new Date().toISOString(),
    messageType: 'stream',
    version: PROTOCOL_VERSION,
  };
  return {
    identities: [],
    header,
    headerJson: headerToJson(header),
    parentHeader: {},
    metadata: {},
    content: { name: 'stderr', text },
    buffers: [],
  };
}
