const colour =
  (open: number, close: number) =>
  (text: string): string =>
    `\x1b[${open}m${text}\x1b[${close}m`;

export const red = colour(31, 39);
export const bold = colour(1, 22);
export const dim = colour(2, 22);
export const cyan = colour(36, 39);
