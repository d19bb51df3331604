import koffi, { type LibraryHandle } from 'koffi';
import {
  type AttributeRef,
  type ContextRef,
  type ModuleRef,
  type Out,
  ownedString,
  REF,
  type TypeRef,
  type ValueRef,
} from './references.ts';

/** Core.h: walking and changing what a module defines. */
export function bindValues(library: LibraryHandle) {
  const message = ownedString(library);
  const first = (name: string) => library.func(name, REF, [REF]) as (module: ModuleRef) => ValueRef | 0;
  const next = (name: string) => library.func(name, REF, [REF]) as (value: ValueRef) => ValueRef | 0;
  return {
    getNamedFunction: library.func('LLVMGetNamedFunction', REF, [REF, 'str']) as (
      module: ModuleRef,
      name: string,
    ) => ValueRef | 0,
    firstFunction: first('LLVMGetFirstFunction'),
    nextFunction: next('LLVMGetNextFunction'),
    firstGlobal: first('LLVMGetFirstGlobal'),
    nextGlobal: next('LLVMGetNextGlobal'),
    firstAlias: first('LLVMGetFirstGlobalAlias'),
    nextAlias: next('LLVMGetNextGlobalAlias'),
    firstUse: next('LLVMGetFirstUse'),
    valueName: library.func('LLVMGetValueName2', 'str', [REF, koffi.out(koffi.pointer('size_t'))]) as (
      value: ValueRef,
      byteLength: Out<number>,
    ) => string,
    isDeclaration: library.func('LLVMIsDeclaration', 'int', [REF]) as (global: ValueRef) => number,
    countBasicBlocks: library.func('LLVMCountBasicBlocks', 'unsigned int', [REF]) as (
      definition: ValueRef,
    ) => number,
    isGlobalConstant: library.func('LLVMIsGlobalConstant', 'int', [REF]) as (global: ValueRef) => number,
    isThreadLocal: library.func('LLVMIsThreadLocal', 'int', [REF]) as (global: ValueRef) => number,
    globalValueType: library.func('LLVMGlobalGetValueType', REF, [REF]) as (global: ValueRef) => TypeRef,
    printType: library.func('LLVMPrintTypeToString', message, [REF]) as (type: TypeRef) => string,
    setLinkage: library.func('LLVMSetLinkage', 'void', [REF, 'int']) as (
      global: ValueRef,
      linkage: number,
    ) => void,
    getLinkage: library.func('LLVMGetLinkage', 'int', [REF]) as (global: ValueRef) => number,
    setVisibility: library.func('LLVMSetVisibility', 'void', [REF, 'int']) as (
      global: ValueRef,
      visibility: number,
    ) => void,
    getComdat: library.func('LLVMGetComdat', REF, [REF]) as (global: ValueRef) => number,
    setComdat: library.func('LLVMSetComdat', 'void', [REF, REF]) as (
      global: ValueRef,
      comdat: number,
    ) => void,
    createStringAttribute: library.func('LLVMCreateStringAttribute', REF, [
      REF,
      'str',
      'unsigned int',
      'str',
      'unsigned int',
    ]) as (
      context: ContextRef,
      key: string,
      keyByteLength: number,
      value: string,
      valueByteLength: number,
    ) => AttributeRef,
    addAttribute: library.func('LLVMAddAttributeAtIndex', 'void', [REF, 'unsigned int', REF]) as (
      target: ValueRef,
      index: number,
      attribute: AttributeRef,
    ) => void,
    removeStringAttribute: library.func('LLVMRemoveStringAttributeAtIndex', 'void', [
      REF,
      'unsigned int',
      'str',
      'unsigned int',
    ]) as (target: ValueRef, index: number, key: string, keyByteLength: number) => void,
  };
}
