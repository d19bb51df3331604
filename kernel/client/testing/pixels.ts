/** Images by what one sees: two machines' fonts and libraries never draw the same bytes. */
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';

/** Of all pixels, how many may differ: anti-aliasing is left out of account, but not every renderer's. */
export const DEFAULT_DIFFERING_SHARE = 0.001;

/** Of the colour distance in YIQ space, as pixelmatch counts it: what the eye takes for another colour. */
const COLOUR_THRESHOLD = 0.1;

/**
 * Compares two PNG images, base64. Undefined when they agree, else what is different, in words.
 * @param maxShare from 0 to 1
 */
export function comparePixels(expected: string, actual: string, maxShare: number): string | undefined {
  const [left, right] = [readPng(expected), readPng(actual)];
  if (left === undefined) return "the notebook's is no PNG image";
  if (right === undefined) return "this run's is no PNG image";
  const { width, height } = left;
  if (width !== right.width || height !== right.height) {
    return `${right.width} × ${right.height} pixels; expected ${width} × ${height}`;
  }
  const differing = pixelmatch(left.data, right.data, undefined, width, height, {
    threshold: COLOUR_THRESHOLD,
  });
  const share = differing / (width * height);
  if (share <= maxShare) return undefined;
  return `${differing} of ${width * height} pixels differ, ${percent(share)}; allowed are ${percent(maxShare)}`;
}

function readPng(base64: string): PNG | undefined {
  try {
    return PNG.sync.read(Buffer.from(base64, 'base64'));
  } catch {
    return undefined;
  }
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
