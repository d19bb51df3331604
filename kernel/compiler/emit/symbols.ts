/** Names under which LLVM and libm know a routine for a float type. */

/** `llvm.sqrt.f64` */
export function intrinsicSymbol(name: string, type: string): string {
  return `llvm.${name}.${type === 'float' ? 'f32' : 'f64'}`;
}

/** `tan`, `tanf` */
export function libmSymbol(name: string, type: string): string {
  return type === 'float' ? `${name}f` : name;
}
