/** A magic used wrongly: an unknown name, a wrong option. The message says what to write; a stack would not help. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
