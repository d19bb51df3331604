/**
 * What is left of a stream's text once a terminal has shown it: a carriage return starts the line anew, and a
 * backspace takes the character before it away. nbval's rule for `\r` (a line is what follows its last one), and what
 * its rule for `\b` was meant to be.
 */
export function foldStream(text: string): string {
  return foldBackspaces(text).replace(/(?<=^|\n)[^\n]*\r(?=[^\n])/g, '');
}

/** In one pass: removing pairs over and over is quadratic in a progress bar's length. */
function foldBackspaces(text: string): string {
  if (!text.includes('\b')) return text;
  const kept: string[] = [];
  for (const character of text) {
    if (character !== '\b') kept.push(character);
    else if (kept.length > 0 && kept.at(-1) !== '\n') kept.pop();
  }
  return kept.join('');
}
