/**
 * The protocol counts a cursor's place in Unicode code points, JavaScript in UTF-16 units: a character outside of the
 * basic plane, such as an emoji, is one of the former and two of the latter.
 */

/** The UTF-16 offset of a place given in code points; one behind the end is the end. */
export function utf16Offset(text: string, codePoints: number): number {
  let offset = 0;
  for (let count = 0; count < codePoints && offset < text.length; count++) offset += widthAt(text, offset);
  return offset;
}

/** The place in code points of a UTF-16 offset. */
export function codePointOffset(text: string, offset: number): number {
  let count = 0;
  for (let at = 0; at < offset && at < text.length; at += widthAt(text, at)) count++;
  return count;
}

function widthAt(text: string, offset: number): number {
  return (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
}
