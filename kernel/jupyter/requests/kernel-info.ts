import { kernelInfoContent } from '../kernel-info.ts';
import { PROTOCOL_VERSION } from '../messages.ts';
import type { RequestHandler } from '../request-handler.ts';

export const kernelInfo: RequestHandler = {
  replyType: 'kernel_info_reply',
  handle: (_request, { info }) => ({ content: kernelInfoContent(info, PROTOCOL_VERSION) }),
};
