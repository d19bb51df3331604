/** Globals of a session that transformed cells use; see `CellRuntimeNames`. */
export const runtimeNames = {
  importModule: '__importModule',
  importMeta: '__importMeta',
  resumed: '__resumed',
} as const;
