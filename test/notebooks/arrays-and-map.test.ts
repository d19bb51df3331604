import { notebookSuite } from '../support/committed-notebook.ts';

notebookSuite('arrays-and-map.ipynb').run();
