const WIDTH = 80;

/** What `print(foo)` shows: the IR for each device, under a banner, as RBC prints it. */
export function describeIr(device: string, ir: string): string {
  return `\n${centred(device)}\n${ir.trimEnd()}\n\n${'-'.repeat(WIDTH)}`;
}

function centred(text: string): string {
  const left = Math.floor((WIDTH - text.length) / 2);
  return `${'-'.repeat(left)}${text}${'-'.repeat(WIDTH - text.length - left)}`;
}
