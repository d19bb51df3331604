import { notebookSuite } from '../support/committed-notebook.ts';

notebookSuite('languages.ipynb').run();
