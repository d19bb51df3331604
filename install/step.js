// @ts-check
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @typedef {{ readonly changed: boolean, readonly text: string }} StepResult what a step found or did, in a line */

/** The project's folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Thrown when the user has to do something; the message says what. */
export class SetUpError extends Error {}

/** @param {number} startMs */
export function seconds(startMs) {
  return `${((Date.now() - startMs) / 1000).toFixed(1)} s`;
}
