/** Exit codes of verify-module.ts; away from those that Node uses itself. */
export const VerifyExit = { sound: 0, broken: 21, notParsed: 22, notInstalled: 23 } as const;
