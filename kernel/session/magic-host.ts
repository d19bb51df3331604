/** What magics need of the session and of the kernel process, but for variables and code, which the evaluator has. */
import type { MagicContext } from '../magics/context.ts';
import { currentRun } from './cell-run.ts';
import type { DisplayFunction } from './display/display.ts';
import { isJsonObject, type JsonObject } from './json.ts';
import type { KernelLink } from './kernel-link.ts';
import type { OutputChannel } from './output-channel.ts';
import type { SessionHistory } from './session-history.ts';

export type MagicHost = Pick<
  MagicContext,
  'display' | 'inputs' | 'inspect' | 'page' | 'setNextInput' | 'typeChecks' | 'write' | 'writeError'
>;

interface MagicHostOptions {
  readonly channel: OutputChannel;
  readonly display: DisplayFunction;
  readonly history: SessionHistory;
  readonly link: KernelLink;
}

export function magicHost({ channel, display, history, link }: MagicHostOptions): MagicHost {
  const addPayload = (payload: JsonObject): void => {
    currentRun.getStore()?.payload.push(payload);
  };
  return {
    write: (text) => channel.write('stdout', text),
    writeError: (text) => channel.write('stderr', text),
    display: (bundle) => void display(bundle, { raw: true }),
    inputs: () => history.inputs,
    // Payloads are IPython's way to talk to the pager and the next cell (messaging spec, "Payloads").
    page: (data) => addPayload({ source: 'page', data, start: 0 }),
    setNextInput: (text) => addPayload({ source: 'set_next_input', text, replace: true }),
    inspect: async (expression, wantsSource) => {
      const found = await link.ask({ kind: 'inspect', expression, wantsSource });
      return isJsonObject(found) ? found : undefined;
    },
    typeChecks: async (mode) =>
      String(await link.ask({ kind: 'type-checks', ...(mode !== undefined && { mode }) })),
  };
}
