/** What the control thread evaluates on the main thread, where the session's object is a global of this name. */
export const controlObject = '__rjitSession';

/** How these expressions are named in stack traces, so that they can be told from what they interrupt. */
export const controlSourceUrl = 'rjit:control';

export interface MainThreadControl {
  /** One attempt to stop the running cell; see `InterruptAttempt`. */
  interrupt(): string;
  /** Writes out the text that waits. */
  flush(): void;
}

export function controlExpression(method: keyof MainThreadControl): string {
  return `${controlObject}.${method}()\n//# sourceURL=${controlSourceUrl}`;
}
