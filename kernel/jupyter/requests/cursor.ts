import { utf16Offset } from '../code-points.ts';
import type { ContentReader } from '../content.ts';
import type { CodePlace } from '../interpreter.ts';

/** The code and the place in it that a request asks about; without one, the end. */
export function readCursor(read: ContentReader): CodePlace {
  const code = read.string('code');
  return { code, cursor: utf16Offset(code, Math.max(0, read.integer('cursor_pos', code.length))) };
}
