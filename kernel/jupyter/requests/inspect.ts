import { ContentReader } from '../content.ts';
import type { Message } from '../messages.ts';
import type { RequestHandler } from '../request-handler.ts';
import { readCursor } from './cursor.ts';

export const inspect: RequestHandler = {
  replyType: 'inspect_reply',
  async handle(request: Message, { interpreter }) {
    const read = new ContentReader(request);
    const wantsSource = read.integer('detail_level', 0) > 0;
    const data = await interpreter.inspect({ ...readCursor(read), wantsSource });
    return { content: { status: 'ok', found: data !== undefined, data: data ?? {}, metadata: {} } };
  },
};
