import type { RequestHandler } from './request-handler.ts';
import { execute } from './requests/execute.ts';
import { kernelInfo } from './requests/kernel-info.ts';

type HandlerLoader = () => Promise<RequestHandler>;

/** Node's loader takes a tenth of a millisecond even where the module is there already. */
function once(load: HandlerLoader): HandlerLoader {
  let loaded: Promise<RequestHandler> | undefined;
  return () => {
    loaded ??= load();
    return loaded;
  };
}

/** Loaded when first asked for or soon after the start, except for what every client asks for at once. */
export const handlers: ReadonlyMap<string, HandlerLoader> = new Map<string, HandlerLoader>([
  ['kernel_info_request', async () => kernelInfo],
  ['execute_request', async () => execute],
  ['is_complete_request', once(async () => (await import('./requests/is-complete.ts')).isComplete)],
  ['complete_request', once(async () => (await import('./requests/complete.ts')).complete)],
  ['inspect_request', once(async () => (await import('./requests/inspect.ts')).inspect)],
  ['history_request', once(async () => (await import('./requests/history.ts')).history)],
  ['comm_info_request', once(async () => (await import('./requests/comm-info.ts')).commInfo)],
  ['comm_open', once(async () => (await import('./requests/comm.ts')).commOpen)],
  ['comm_msg', once(async () => (await import('./requests/comm.ts')).commMessage)],
  ['comm_close', once(async () => (await import('./requests/comm.ts')).commClose)],
  ['connect_request', once(async () => (await import('./requests/connect.ts')).connect)],
  ['interrupt_request', once(async () => (await import('./requests/interrupt.ts')).interrupt)],
  ['shutdown_request', once(async () => (await import('./requests/shutdown.ts')).shutdown)],
  ['usage_request', once(async () => (await import('./requests/usage.ts')).usage)],
  ['create_subshell_request', once(async () => (await import('./requests/subshells.ts')).createSubshell)],
  ['delete_subshell_request', once(async () => (await import('./requests/subshells.ts')).deleteSubshell)],
  ['list_subshell_request', once(async () => (await import('./requests/subshells.ts')).listSubshells)],
]);
