import { originalPositionFor, type SourceMapInput, TraceMap } from '@jridgewell/trace-mapping';

/** A place in a text; line and column are 1-based, as in V8's stack traces. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** From a place in generated code to the place in what it was generated from; undefined for what was added. */
export type PositionMap = (position: Position) => Position | undefined;

/** A position map over a source map that is built when first asked. */
export function positionMap(sourceMap: () => SourceMapInput): PositionMap {
  let traced: TraceMap | undefined;
  return (position) => {
    traced ??= new TraceMap(sourceMap());
    const found = originalPositionFor(traced, { line: position.line, column: position.column - 1 });
    return found.line === null ? undefined : { line: found.line, column: found.column + 1 };
  };
}

/** Follows code that was generated in two steps back to the first source. */
export function chainMaps(
  first: PositionMap | undefined,
  second: PositionMap | undefined,
): PositionMap | undefined {
  if (first === undefined) return second;
  if (second === undefined) return first;
  return (position) => {
    const between = second(position);
    return between && first(between);
  };
}
