import { notebookSuite } from '../support/committed-notebook.ts';

notebookSuite('performance.ipynb').run();
