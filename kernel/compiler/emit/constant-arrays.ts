import type { ConstantArray } from '../hir.ts';
import type { TypedArray } from '../typed-arrays.ts';
import type { Leaves } from './arithmetic.ts';
import type { FunctionContext } from './function-context.ts';
import { memoryType } from './ir-types.ts';
import { constantFloat, constantInt } from './ir-values.ts';

/** An array whose elements stand in the module itself. */
export function emitConstantArray({ builder, module }: FunctionContext, node: ConstantArray): Leaves {
  if (node.type.kind !== 'array') throw new Error('a constant array of another type');
  const element = memoryType(node.type.element);
  const { elements } = node.data;
  const type = `[${elements.length} x ${element}]`;
  const symbol = module.constantData(node.data, () => `${type} ${elementsText(element, elements)}`);
  return [builder.createArrayStart(symbol, type, element), constantInt('i64', elements.length)];
}

function elementsText(type: string, elements: TypedArray): string {
  if (elements.length === 0) return 'zeroinitializer';
  const isFloat = type === 'float' || type === 'double';
  const texts: string[] = [];
  for (const element of elements) {
    const { text } = isFloat ? constantFloat(type, Number(element)) : constantInt(type, element);
    texts.push(`${type} ${text}`);
  }
  return `[${texts.join(', ')}]`;
}
