/**
 * Vega-Lite specifications by what they draw. Altair names a chart's data by a hash and its parameters and views by a
 * counter of the session; both change when a cell is run again, and draw the same.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../../jupyter/messages.ts';

/** What says nothing about the drawing: the version of the schema, and hints for editors. */
const IGNORED: ReadonlySet<string> = new Set(['$schema', 'usermeta']);

/** Names that a program makes up, not a person: `data-5f3a…`, `param_12`, `view_3`, `concat_1`. */
const DRAWN_NAME = /^(?:data-[0-9a-f]{8,}|(?:param|view|selector|concat)_?\d+)$/;

/** The specification with drawn names numbered in the order in which they come. */
export function normaliseVegaLite(spec: JsonValue): JsonValue {
  const names = new Map<string, string>();
  const renamed = (name: string) => {
    if (!DRAWN_NAME.test(name)) return name;
    const known = names.get(name) ?? `name ${names.size + 1}`;
    names.set(name, known);
    return known;
  };
  const normalise = (value: JsonValue): JsonValue => {
    if (typeof value === 'string') return renamed(value);
    if (Array.isArray(value)) return value.map(normalise);
    return isJsonObject(value) ? normaliseMembers(value) : value;
  };
  const normaliseMembers = (members: JsonObject) =>
    Object.fromEntries(
      Object.entries(members)
        .filter(([key]) => !IGNORED.has(key))
        .sort(([a], [b]) => order(a, b))
        .map(([key, value]) => [renamed(key), normalise(value)]),
    );
  return normalise(spec);
}

/** The data sets last: their drawn names are known by then from where they are used, in whichever order they come. */
function order(a: string, b: string): number {
  if (a === 'datasets' || b === 'datasets') return Number(a === 'datasets') - Number(b === 'datasets');
  return a < b ? -1 : 1;
}
