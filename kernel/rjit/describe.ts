const WIDTH = 80;

/**
 * What `print(foo)` shows: the IR for each device, under a banner, as RBC prints it. Options that the function was
 * compiled with stand above, as a comment of IR.
 */
export function describeIr(device: string, ir: string, optionNames: readonly string[] = []): string {
  const options = optionNames.length === 0 ? '' : `; options: ${optionNames.join(', ')}\n`;
  return `\n${centred(device)}\n${options}${ir.trimEnd()}\n\n${'-'.repeat(WIDTH)}`;
}

function centred(text: string): string {
  const left = Math.floor((WIDTH - text.length) / 2);
  return `${'-'.repeat(left)}${text}${'-'.repeat(WIDTH - text.length - left)}`;
}
