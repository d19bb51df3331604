/**
 * CommonJS, because only `require` loads a module both late and synchronously: 11 ms that a session which compiles
 * no TypeScript doesn't spend.
 */
type Babel = typeof import('@babel/parser', { with: { 'resolution-mode': 'require' }});

declare function require(id: '@babel/parser'): Babel;
declare const exports: { loadBabel: () => Babel };

export declare function loadBabel(): Babel;

exports.loadBabel = () => require('@babel/parser');
