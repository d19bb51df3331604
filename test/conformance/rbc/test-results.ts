export interface TestResult {
  readonly file: string;
  /** As pytest names it, with its parameters. */
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** Of a failure: the last words. */
  readonly message: string;
}

/** Reads the JUnit form of pytest's results. An expected failure counts as skipped, as JUnit has it. */
export function parseTestResults(xml: string, file: string): readonly TestResult[] {
  return [...xml.matchAll(/<testcase\b([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g)].map(
    ([, attributes = '', body = '']) => {
      const [, element, bodyAttributes = ''] = /<(failure|error|skipped)\b([^>]*)/.exec(body) ?? [];
      return {
        file,
        name: attribute(attributes, 'name'),
        outcome: element === undefined ? 'passed' : element === 'skipped' ? 'skipped' : 'failed',
        message: element === undefined ? '' : attribute(bodyAttributes, 'message'),
      };
    },
  );
}

function attribute(text: string, name: string): string {
  const [, value = ''] = new RegExp(`\\b${name}="([^"]*)"`).exec(text) ?? [];
  const entities: Readonly<Record<string, string>> = {
    lt: '<',
    gt: '>',
    quot: '"',
    apos: "'",
    amp: '&',
    '#10': '\n',
  };
  return value.replace(/&(lt|gt|quot|apos|amp|#10);/g, (_, entity: string) => entities[entity] ?? '');
}
