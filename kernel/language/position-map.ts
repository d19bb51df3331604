import { originalPositionFor, type SourceMapInput, TraceMap } from '@jridgewell/trace-mapping';

/** A place in a text; line and column are 1-based, as in V8's stack traces. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** From a place in generated code to the place in what it was generated from. */
export type PositionMap = (position: Position) => Position;

/** A position map over a source map that is built when first asked. */
export function positionMap(sourceMap: () => SourceMapInput): PositionMap {
  let traced: TraceMap | undefined;
  return (position) => {
    traced ??= new TraceMap(sourceMap());
    const found = originalPositionFor(traced, { line: position.line, column: position.column - 1 });
    if (found.line === null) return position;
    return { line: found.line, column: found.column + 1 };
  };
}

/** Follows code that was generated in two steps back to the first source. */
export function chainMaps(
  first: PositionMap | undefined,
  second: PositionMap | undefined,
): PositionMap | undefined {
  if (first === undefined) return second;
  if (second === undefined) return first;
  return (position) => first(second(position));
}
