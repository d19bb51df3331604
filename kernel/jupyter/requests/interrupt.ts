import type { RequestHandler } from '../request-handler.ts';

export const interrupt: RequestHandler = {
  replyType: 'interrupt_reply',
  async handle(_request, kernel) {
    await kernel.interrupt();
    return { content: { status: 'ok' } };
  },
};
