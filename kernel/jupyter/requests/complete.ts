import { ContentReader } from '../content.ts';
import type { RequestHandler } from '../request-handler.ts';

/** No interpreter offers completions yet: the reply says, validly, that there are none. */
export const complete: RequestHandler = {
  replyType: 'complete_reply',
  handle(request) {
    const read = new ContentReader(request);
    const cursor = read.integer('cursor_pos', Array.from(read.string('code')).length);
    const content = { status: 'ok', matches: [], cursor_start: cursor, cursor_end: cursor, metadata: {} };
    return { content };
  },
};
