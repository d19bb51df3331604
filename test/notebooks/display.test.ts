import { notebookSuite } from '../support/committed-notebook.ts';

notebookSuite('display.ipynb').run();
