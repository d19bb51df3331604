import type { RequestHandler } from '../request-handler.ts';

/** No interpreter describes names yet: the reply says, validly, that nothing was found. */
export const inspect: RequestHandler = {
  replyType: 'inspect_reply',
  handle: () => ({ content: { status: 'ok', found: false, data: {}, metadata: {} } }),
};
