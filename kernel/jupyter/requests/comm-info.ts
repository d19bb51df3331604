import { ContentReader } from '../content.ts';
import type { RequestHandler } from '../request-handler.ts';

export const commInfo: RequestHandler = {
  replyType: 'comm_info_reply',
  handle(request, { comms }) {
    // Absent, null or empty: all of them.
    const target =
      request.content.target_name == null ? '' : new ContentReader(request).string('target_name');
    return { content: { status: 'ok', comms: comms.list(target === '' ? undefined : target) } };
  },
};
