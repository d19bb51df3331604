import type { RequestHandler } from '../request-handler.ts';

/** No comm is ever open: the kernel has no targets, see comm-open. */
export const commInfo: RequestHandler = {
  replyType: 'comm_info_reply',
  handle: () => ({ content: { status: 'ok', comms: {} } }),
};
