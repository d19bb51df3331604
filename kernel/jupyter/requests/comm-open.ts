import { ContentReader } from '../content.ts';
import type { RequestHandler } from '../request-handler.ts';

/** A comm to a target that the kernel doesn't have is closed at once (messaging spec, "Opening a Comm"). */
export const commOpen: RequestHandler = {
  handle(request, { iopub }) {
    iopub.commClose(new ContentReader(request).string('comm_id'), request.headerJson);
    return { content: {} };
  },
};
