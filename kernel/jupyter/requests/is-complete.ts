import { ContentReader } from '../content.ts';
import type { RequestHandler } from '../request-handler.ts';

export const isComplete: RequestHandler = {
  replyType: 'is_complete_reply',
  async handle(request, { interpreter }) {
    const answer = await interpreter.isComplete(new ContentReader(request).string('code'));
    return { content: { ...answer } };
  },
};
