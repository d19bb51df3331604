import { codePointOffset } from '../code-points.ts';
import { ContentReader } from '../content.ts';
import type { JsonObject, Message } from '../messages.ts';
import type { RequestHandler } from '../request-handler.ts';
import { readCursor } from './cursor.ts';

/** `_jupyter_types_experimental` is IPython's: JupyterLab shows the types and signatures from it. */
export const complete: RequestHandler = {
  replyType: 'complete_reply',
  async handle(request: Message, { interpreter }) {
    const place = readCursor(new ContentReader(request));
    const { start, end, matches } = await interpreter.complete(place);
    const cursorStart = codePointOffset(place.code, start);
    const cursorEnd = codePointOffset(place.code, end);
    const types = matches.map(
      ({ text, type, signature }): JsonObject => ({
        start: cursorStart,
        end: cursorEnd,
        text,
        type,
        signature: signature ?? '',
      }),
    );
    const content: JsonObject = {
      status: 'ok',
      matches: matches.map(({ text }) => text),
      cursor_start: cursorStart,
      cursor_end: cursorEnd,
      metadata: types.length === 0 ? {} : { _jupyter_types_experimental: types },
    };
    return { content };
  },
};
