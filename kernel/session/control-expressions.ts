/** What the control thread evaluates on the main thread, where the session's object is a global of this name. */
export const controlObject = '__rjitSession';

/** How these expressions are named in stack traces, so that they can be told from what they interrupt. */
export const controlSourceUrl = 'rjit:control';

export interface MainThreadControl {
  /** One attempt to stop the running cell; see `InterruptAttempt`. */
  interrupt(): string;
  /** Writes out the text that waits. */
  flush(): void;
  /** A subshell asks for something. */
  take(json: string): void;
  /** Takes up what subshells ask for, if the moment is right. False when none of that is left. */
  deliver(): boolean;
  /** Names of the global object that begin so, each followed by `method` or `property`. */
  globals(prefix: string): readonly string[];
}

export function controlExpression(method: keyof MainThreadControl, argument?: string): string {
  return `${controlObject}.${method}(${argument === undefined ? '' : JSON.stringify(argument)})\n//# sourceURL=${controlSourceUrl}`;
}
