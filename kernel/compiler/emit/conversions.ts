/** Conversions over leaves, and between leaves and a function's boundary. */
import type { Type } from '../../../backend/contract/types.ts';
import type { Convert } from '../hir.ts';
import type { FunctionContext } from './function-context.ts';
import type { IRBuilder } from './ir-builder.ts';
import { floatName, leafTypes, memoryType, parameterTypes } from './ir-types.ts';
import { constantFloat, constantInt, type IrValue } from './ir-values.ts';

type Leaves = readonly IrValue[];

export function emitConversion(context: FunctionContext, node: Convert, operand: Leaves): Leaves {
  const { builder } = context;
  const from = node.operand.type;
  const to = node.type;
  const [value] = operand;
  const [type] = leafTypes(to);
  if (!value || !type) throw new Error(`conversion ${node.conversion} of nothing`);
  switch (node.conversion) {
    case 'wrap':
      return [resizeInteger(builder, from, value, type)];
    case 'bool-to-int':
      return [builder.createZExt(value, type)];
    case 'int-to-float':
      return [from.kind === 'uint' ? builder.createUIToFP(value, type) : builder.createSIToFP(value, type)];
    case 'float-to-int':
      return [saturate(context, to, value, type)];
    case 'float-to-float':
      return [resizeFloat(builder, value, type)];
    case 'real-to-complex':
      return [value, constantFloat(value.type, 0)];
    case 'complex-to-complex':
      return operand.map((part) => resizeFloat(builder, part, type));
    case 'pointer-to-pointer':
      return [builder.createBitCast(value, type)];
  }
}

function resizeInteger(builder: IRBuilder, from: Type, value: IrValue, type: string): IrValue {
  const bits = Number(type.slice(1));
  const fromBits = Number(value.type.slice(1));
  if (bits < fromBits) return builder.createTrunc(value, type);
  return from.kind === 'uint' ? builder.createZExt(value, type) : builder.createSExt(value, type);
}

function resizeFloat(builder: IRBuilder, value: IrValue, type: string): IrValue {
  return type === 'float' ? builder.createFPTrunc(value, type) : builder.createFPExt(value, type);
}

/** A plain fptosi is undefined out of range. */
function saturate({ builder, module }: FunctionContext, to: Type, value: IrValue, type: string): IrValue {
  const opcode = to.kind === 'uint' ? 'fptoui' : 'fptosi';
  const symbol = `llvm.${opcode}.sat.${type}.${value.type === floatName(32) ? 'f32' : 'f64'}`;
  module.declare(type, symbol, [value.type]);
  return builder.createCall(type, symbol, [value]) ?? value;
}

// ---- memory and the boundary of functions

/** The one value that stands in memory, or crosses a call, for the leaves of `type`. */
export function packLeaves(builder: IRBuilder, type: Type, leaves: Leaves): IrValue {
  const [value] = leaves;
  switch (type.kind) {
    case 'bool':
      if (!value) break;
      return builder.createZExt(value, 'i8');
    case 'complex':
      return builder.createAggregate(memoryType(type), leaves);
    case 'tuple':
    case 'struct':
      return builder.createAggregate(memoryType(type), packMembers(builder, type.members, leaves));
    default:
      if (value) return value;
  }
  throw new Error(`no value of type ${type.kind} to pack`);
}

function packMembers(builder: IRBuilder, members: readonly Type[], leaves: Leaves): IrValue[] {
  let next = 0;
  return members.map((member) => {
    const count = leafTypes(member).length;
    next += count;
    return packLeaves(builder, member, leaves.slice(next - count, next));
  });
}

export function unpackLeaves(builder: IRBuilder, type: Type, value: IrValue): Leaves {
  switch (type.kind) {
    case 'bool':
      return [builder.createICmp('ne', value, constantInt('i8', 0))];
    case 'complex':
      return leafTypes(type).map((part, index) =>
        builder.createExtractValue(value, index, part, index === 0 ? 're' : 'im'),
      );
    case 'tuple':
    case 'struct':
      return type.members.flatMap((member, index) =>
        unpackLeaves(builder, member, builder.createExtractValue(value, index, memoryType(member), 'member')),
      );
    default:
      return [value];
  }
}

/** The arguments that pass one value: arrays and tuples take several. */
export function packArguments(builder: IRBuilder, type: Type, leaves: Leaves): readonly IrValue[] {
  if (type.kind === 'array') return leaves;
  if (type.kind === 'tuple' || type.kind === 'struct') return packMembers(builder, type.members, leaves);
  return [packLeaves(builder, type, leaves)];
}

export function unpackArguments(builder: IRBuilder, type: Type, args: readonly IrValue[]): Leaves {
  if (type.kind === 'array') return args;
  if (type.kind === 'tuple' || type.kind === 'struct') {
    let next = 0;
    return type.members.flatMap((member) => {
      const count = parameterTypes(member).length;
      next += count;
      return unpackArguments(builder, member, args.slice(next - count, next));
    });
  }
  const [value] = args;
  return value ? unpackLeaves(builder, type, value) : [];
}
