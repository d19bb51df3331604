/** HTML and SVG without what a renderer is free to choose, so that two texts of the same picture are the same. */

const TAG =
  /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<[!?][^>]*>|<\/?[A-Za-z][^\s/>]*(?:"[^"]*"|'[^']*'|[^'">])*>/g;
const ATTRIBUTE = /([^\s=/>"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+)))?/g;

/**
 * One tag or text a line; comments and declarations dropped, white space collapsed, attributes sorted and quoted alike,
 * ids (which libraries draw at random) numbered in the order in which they are declared.
 */
export function normaliseMarkup(text: string): string {
  const ids = new Map<string, string>();
  for (const [, id = ''] of text.matchAll(/\sid\s*=\s*["']([^"']+)["']/g)) {
    if (!ids.has(id)) ids.set(id, `id${ids.size + 1}`);
  }
  const lines: string[] = [];
  let at = 0;
  for (const match of text.matchAll(TAG)) {
    lines.push(normaliseText(text.slice(at, match.index), ids), normaliseTag(match[0], ids));
    at = match.index + match[0].length;
  }
  lines.push(normaliseText(text.slice(at), ids));
  return lines.filter((line) => line !== '').join('\n');
}

function normaliseText(text: string, ids: ReadonlyMap<string, string>): string {
  return renameReferences(text.replaceAll(/\s+/g, ' ').trim(), ids);
}

function normaliseTag(tag: string, ids: ReadonlyMap<string, string>): string {
  if (/^<!\[CDATA/.test(tag)) return normaliseText(tag, ids);
  if (/^<[!?]/.test(tag)) return '';
  const [, open = '', name = '', rest = '', close = ''] =
    /^(<\/?)([^\s/>]+)([\s\S]*?)(\/?>)$/.exec(tag) ?? [];
  const attributes = [...rest.matchAll(ATTRIBUTE)].map(([, key = '', double, single, bare]) => {
    const value = double ?? single ?? bare;
    return value === undefined ? key : `${key}="${normaliseValue(key, value, ids)}"`;
  });
  const list = attributes
    .sort()
    .map((attribute) => ` ${attribute}`)
    .join('');
  // `<br/>` and `<br>` are the same element.
  return `${open}${name}${list}${close.replace('/', '')}`;
}

function normaliseValue(key: string, value: string, ids: ReadonlyMap<string, string>): string {
  const collapsed = value.replaceAll(/\s+/g, ' ').trim();
  if (key === 'class') return collapsed.split(' ').sort().join(' ');
  if (/^(?:id|for|headers|list|form|aria-(?:labelledby|describedby|controls))$/.test(key)) {
    return collapsed
      .split(' ')
      .map((id) => ids.get(id) ?? id)
      .join(' ');
  }
  return renameReferences(collapsed, ids);
}

/** `#id` in links, `url(#id)` and style sheets. */
function renameReferences(text: string, ids: ReadonlyMap<string, string>): string {
  return text.replaceAll(/#([\w:.-]+)/g, (whole, id: string) => {
    const renamed = ids.get(id);
    return renamed === undefined ? whole : `#${renamed}`;
  });
}
