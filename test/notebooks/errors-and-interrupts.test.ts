import { notebookSuite } from '../support/committed-notebook.ts';

notebookSuite('errors-and-interrupts.ipynb').run();
