import { notebookSuite } from '../support/committed-notebook.ts';
import { clangFor } from '../support/left-out.ts';

// Its first cell is in C.
if (clangFor('languages.ipynb')) notebookSuite('languages.ipynb').run();
