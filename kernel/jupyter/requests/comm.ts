/** `comm_open`, `comm_msg` and `comm_close` from a front end: the interpreter has them, and there is no reply. */
import { ContentReader } from '../content.ts';
import type { CommMessage } from '../interpreter.ts';
import { isJsonObject, type Message } from '../messages.ts';
import type { KernelServices, Reply, RequestHandler } from '../request-handler.ts';
import type { Shell } from '../shells.ts';

const NO_REPLY: Reply = { content: {} };

/** A comm to a target that nobody has registered is closed at once (messaging spec, "Opening a Comm"). */
export const commOpen: RequestHandler = {
  async handle(request, kernel, shell) {
    const message = readComm(request, 'comm_open');
    kernel.comms.see(message);
    if (await deliver(message, request, kernel, shell)) return NO_REPLY;
    kernel.comms.see({ ...message, type: 'comm_close' });
    kernel.iopub.commClose(message.commId, request.headerJson);
    return NO_REPLY;
  },
};

export const commMessage: RequestHandler = {
  async handle(request, kernel, shell) {
    const message = readComm(request, 'comm_msg');
    if (kernel.comms.isOpen(message.commId)) await deliver(message, request, kernel, shell);
    return NO_REPLY;
  },
};

export const commClose: RequestHandler = {
  async handle(request, kernel, shell) {
    const message = readComm(request, 'comm_close');
    if (!kernel.comms.isOpen(message.commId)) return NO_REPLY;
    kernel.comms.see(message);
    await deliver(message, request, kernel, shell);
    return NO_REPLY;
  },
};

/** What the code on the other side of the comm puts out belongs to this message. */
function deliver(
  message: CommMessage,
  request: Message,
  { interpreter, executions }: KernelServices,
  shell: Shell,
): Promise<boolean> {
  return interpreter.comm(message, executions.attach(request), shell.number);
}

function readComm(request: Message, type: CommMessage['type']): CommMessage {
  const read = new ContentReader(request);
  const { data } = request.content;
  return {
    type,
    commId: read.string('comm_id'),
    ...(type === 'comm_open' && { targetName: read.string('target_name') }),
    data: isJsonObject(data) ? data : {},
    metadata: request.metadata,
    buffers: request.buffers,
  };
}
