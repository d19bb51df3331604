import { hostname } from 'node:os';
import type { RequestHandler } from '../request-handler.ts';
import { UsageMeter } from '../usage-meter.ts';

/** Shares are counted from one request to the next, so one meter serves all of them. */
const meter = new UsageMeter();

/** What ipykernel answers; JupyterLab's extensions show it. */
export const usage: RequestHandler = {
  replyType: 'usage_reply',
  async handle() {
    return { content: { hostname: hostname(), pid: process.pid, ...(await meter.read()) } };
  },
};
