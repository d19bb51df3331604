/** `create_subshell_request`, `delete_subshell_request` and `list_subshell_request` (JEP 91). */
import { ContentReader } from '../content.ts';
import { type RequestHandler, unknownSubshell } from '../request-handler.ts';

export const createSubshell: RequestHandler = {
  replyType: 'create_subshell_reply',
  handle: (_request, { shells }) => ({ content: { status: 'ok', subshell_id: shells.create() } }),
};

export const deleteSubshell: RequestHandler = {
  replyType: 'delete_subshell_reply',
  handle(request, { shells }) {
    const id = new ContentReader(request).string('subshell_id');
    return shells.delete(id) ? { content: { status: 'ok' } } : unknownSubshell(id);
  },
};

export const listSubshells: RequestHandler = {
  replyType: 'list_subshell_reply',
  handle: (_request, { shells }) => ({ content: { status: 'ok', subshell_id: shells.list() } }),
};
