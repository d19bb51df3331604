import type { CoreModule, Language } from './core.ts';
import { detectLanguage } from './detect-language.ts';
import type { Result } from './diagnostic.ts';
import { parsePython } from './python/parse-python.ts';
import { parseTypeScript } from './typescript/parse-typescript.ts';

export interface ParseModuleInput {
  readonly source: string;
  /** Shown in diagnostics, e.g. `In[4]`. */
  readonly fileName: string;
  /** Detected from the source where it is absent. */
  readonly language?: Language;
}

/** Turns the source of a cell into its core tree, or into diagnostics in source order. */
export function parseModule({ source, fileName, language }: ParseModuleInput): Result<CoreModule> {
  switch (language ?? detectLanguage(source)) {
    case 'python':
      return parsePython(source, fileName);
    case 'typescript':
      return parseTypeScript(source, fileName);
  }
}
