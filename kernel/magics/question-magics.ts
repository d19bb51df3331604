/** `name?` and `name??`: what is known of a name, and its source, in the front end's pager. */
import type { LineMagic } from './registry.ts';
import { UsageError } from './usage-error.ts';

export const inspectMagic = questionMagic('?', 'show what is known of a name');
export const inspectSourceMagic = questionMagic('??', 'show the source, too');

function questionMagic(name: '?' | '??', summary: string): LineMagic {
  return {
    name,
    spelling: `NAME${name}`,
    summary,
    usage: `NAME${name}`,
    async run(expression, { inspect, page }): Promise<undefined> {
      const found = await inspect(expression, name === '??');
      if (found === undefined) throw new UsageError(`nothing is known of ${expression}`);
      page(found);
    },
  };
}
