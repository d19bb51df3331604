/** Functions of other cells that IR declares and calls, and the IR that leads from its calls to ours. */
import type { FunctionType } from '../../../backend/contract/types.ts';
import { irName } from '../emit/ir-values.ts';
import { choosePassings, resultPassing } from './ir-conventions.ts';
import { type IrDefinition, irDeclarationsIn, passingAttributes } from './ir-declarations.ts';
import { itaniumName } from './ir-functions.ts';

export interface IrImport {
  /** As the source calls it: `f`, also where C++ has made `_Z1fd` of it. */
  readonly name: string;
  readonly declaration: IrDefinition;
}

export function irImports(ir: string): readonly IrImport[] {
  return irDeclarationsIn(ir)
    .filter(({ symbol }) => !symbol.startsWith('llvm.'))
    .map((declaration) => ({
      declaration,
      name: itaniumName(declaration.symbol)?.name ?? declaration.symbol,
    }));
}

/** Whether values are passed as our functions pass them. A bool and a complex number are not. */
export function passesAsOurs({ result, parameters }: IrDefinition, signature: FunctionType): boolean {
  const types = parameters.map(({ type }) => type);
  const passed = choosePassings(signature.parameters, types);
  return (
    resultPassing(signature.result, result.type)?.form === 'same' &&
    passed?.every(({ form }) => form === 'same') === true
  );
}

/** `double(double, i64)` */
export function importText({ result, parameters }: IrDefinition): string {
  return `${result.type}(${parameters.map(({ type }) => type).join(', ')})`;
}

/** The text with each declared function defined: as a call of our symbol for it. */
export function withBridges(ir: string, symbols: ReadonlyMap<IrDefinition, string>): string {
  if (symbols.size === 0) return ir;
  const bridged = new Set([...symbols.keys()].map(({ symbol }) => symbol));
  const kept = ir
    .split('\n')
    .map((line) => (irDeclarationsIn(line).some(({ symbol }) => bridged.has(symbol)) ? '' : line));
  return [...kept, ...[...symbols].map(([declaration, symbol]) => bridge(declaration, symbol)), ''].join(
    '\n',
  );
}

function bridge(declaration: IrDefinition, target: string): string {
  const { symbol, result, parameters } = declaration;
  const types = parameters.map(({ type }) => type).join(', ');
  const list = parameters.map((one, at) => `${one.type} ${passingAttributes(one)}%a${at}`).join(', ');
  const args = parameters.map(({ type }, at) => `${type} %a${at}`).join(', ');
  const call = `call ${result.type} @${irName(target)}(${args})`;
  return [
    `declare ${result.type} @${irName(target)}(${types})`,
    `define internal ${passingAttributes(result)}${result.type} @${irName(symbol)}(${list}) nounwind {`,
    ...(result.type === 'void' ? [`  ${call}`, '  ret void'] : [`  %r = ${call}`, `  ret ${result.type} %r`]),
    '}',
  ].join('\n');
}
