import { notebookSuite } from '../support/committed-notebook.ts';

notebookSuite('remote-server-tls.ipynb').run();
