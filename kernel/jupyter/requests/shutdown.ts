import { ContentReader } from '../content.ts';
import type { RequestHandler } from '../request-handler.ts';

export const shutdown: RequestHandler = {
  replyType: 'shutdown_reply',
  handle(request, kernel) {
    const restart = new ContentReader(request).boolean('restart', false);
    kernel.requestShutdown(restart);
    return { content: { status: 'ok', restart } };
  },
};
