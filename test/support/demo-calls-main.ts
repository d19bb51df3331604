import { complex, RemoteJIT } from '../../kernel/rjit/remote-jit.ts';

/*
 * The demo's calls at a server elsewhere, for tests that start this in an odd place: arguments are the server's URL,
 * the token's file and the certificate's. Prints each result on a line.
 */
const [, , url = '', tokenFile = '', caFile = ''] = process.argv;
const rjit = new RemoteJIT({ url, tokenFile, caFile });
const source = 'def foo(a, b):\n    return a + b\n';
const [foo] = await rjit.define({ source, fileName: 'In[1]', signatures: ['int64(int64, int64)'] });
if (foo === undefined) throw new Error('nothing was defined');
console.log(String(foo(1, 3)));
console.log(String(foo(2, 4)));
try {
  foo(1.2, 3.4);
} catch (error) {
  console.log(error instanceof Error ? error.message.split('\n')[0] : '');
}
foo.signature('double(double, double)');
foo.signature('complex128(complex128, complex128)');
console.log(String(foo(1, complex(0, 3.4))));
console.log(String(foo(1.2, 3)));
await rjit.close();
