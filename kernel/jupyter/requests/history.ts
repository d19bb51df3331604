import { ContentReader } from '../content.ts';
import type { HistoryEntry, History as HistoryStore } from '../history/history.ts';
import { describeJson, type JsonValue, type Message, MessageError } from '../messages.ts';
import type { RequestHandler } from '../request-handler.ts';

/** What ipykernel takes for `n` where a request leaves it out. */
const DEFAULT_TAIL = 10;

export const history: RequestHandler = {
  replyType: 'history_reply',
  async handle(request, _kernel, shell) {
    const withOutput = new ContentReader(request).boolean('output', false);
    const entries = await find(request, shell.history);
    return { content: { status: 'ok', history: entries.map((entry) => toWire(entry, withOutput)) } };
  },
};

function find(request: Message, store: HistoryStore): ReturnType<HistoryStore['tail']> {
  const read = new ContentReader(request);
  const accessType = read.string('hist_access_type');
  switch (accessType) {
    case 'tail':
      return store.tail(read.integer('n', DEFAULT_TAIL));
    case 'range':
      return store.range(
        read.integer('session', 0),
        read.integer('start', 1),
        optionalInteger(request, 'stop'),
      );
    case 'search':
      return store.search({
        pattern: read.string('pattern', '*'),
        count: optionalInteger(request, 'n'),
        unique: read.boolean('unique', false),
      });
    default:
      throw new MessageError(
        `history_request: content.hist_access_type is ${describeJson(accessType)}; expected "tail", "range" or "search"`,
      );
  }
}

function optionalInteger(request: Message, field: string): number | undefined {
  return request.content[field] == null ? undefined : new ContentReader(request).integer(field);
}

function toWire(entry: HistoryEntry, withOutput: boolean): JsonValue {
  const text: JsonValue = withOutput ? [entry.input, entry.output ?? null] : entry.input;
  return [entry.session, entry.line, text];
}
