import { notebookSuite } from '../support/committed-notebook.ts';

notebookSuite('testing-notebooks.ipynb').run();
