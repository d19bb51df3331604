import type { RequestHandler } from '../request-handler.ts';

export const connect: RequestHandler = {
  replyType: 'connect_reply',
  handle: (_request, { connection: { ports } }) => ({
    content: {
      status: 'ok',
      shell_port: ports.shell,
      iopub_port: ports.iopub,
      stdin_port: ports.stdin,
      control_port: ports.control,
      hb_port: ports.hb,
    },
  }),
};
