/** JupyterLab, or Notebook 7, in a headless browser. */
import { existsSync } from 'node:fs';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { eventually } from '../support/eventually.ts';

/** A loaded machine renders slowly. */
const TIMEOUT_MS = 120_000;
/** JupyterLab drops what a kernel says later than a second after it was asked; then the user asks again. */
const ANSWER_MS = 3000;

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export async function openBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? BROWSERS.find((path) => existsSync(path));
  if (executablePath === undefined) {
    throw new Error('no Chromium; install it (sudo apt-get install chromium) or say in CHROMIUM where it is');
  }
  return await chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

/** What of JupyterLab's application is used here. */
interface Application {
  readonly shell: {
    readonly currentWidget?: {
      readonly sessionContext?: {
        readonly session?: { readonly kernel?: { readonly status: string } };
        shutdown(): Promise<void>;
      };
    };
  };
}

/** A notebook in a page of its own, driven by the commands that its menus run. */
export class NotebookPage {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(TIMEOUT_MS);
  }

  static async open(browser: Browser, url: string): Promise<NotebookPage> {
    const notebook = new NotebookPage(await browser.newPage({ viewport: { width: 1100, height: 900 } }));
    await notebook.page.goto(url);
    await notebook.page.locator('.jp-Notebook .jp-CodeCell').first().waitFor();
    await notebook.kernelIs('idle');
    return notebook;
  }

  /** Runs a command of the application, such as `runmenu:run-all`. */
  async command(id: string): Promise<void> {
    await this.page.evaluate((name) => {
      const { jupyterapp } = globalThis as unknown as {
        jupyterapp: { commands: { execute(id: string): unknown } };
      };
      // Not awaited: a command may wait for the kernel.
      void jupyterapp.commands.execute(name);
    }, id);
  }

  /** As the kernel's own connection in the page knows it: the toolbar shows `idle` before there is a kernel. */
  async kernelIs(status: 'busy' | 'idle'): Promise<void> {
    await this.page.waitForFunction((wanted) => {
      const { jupyterapp } = globalThis as unknown as { jupyterapp?: Application };
      return jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === wanted;
    }, status);
  }

  /** Ends the kernel, and closes the page. */
  async close(): Promise<void> {
    await this.page.evaluate(async () => {
      const { jupyterapp } = globalThis as unknown as { jupyterapp: Application };
      await jupyterapp.shell.currentWidget?.sessionContext?.shutdown();
    });
    await this.page.close();
  }

  /** Replaces the text of the last cell, an empty one, and runs it; the next one is empty again, and has the cursor. */
  async run(code: string): Promise<number> {
    const index = await this.type(code);
    await this.page.keyboard.press('Shift+Enter');
    await this.page
      .locator('.jp-Notebook .jp-CodeCell')
      .nth(index + 1)
      .waitFor({ state: 'attached' });
    return index;
  }

  /** Types into the last cell; its number. */
  async type(code: string): Promise<number> {
    const cells = this.page.locator('.jp-Notebook .jp-CodeCell');
    const index = (await cells.count()) - 1;
    // Further cells have the cursor already; those out of sight can't be clicked.
    if (index === 0) await cells.first().locator('.cm-content').click();
    await this.page.keyboard.press('Control+a');
    await this.page.keyboard.insertText(code);
    return index;
  }

  /** Presses a key that asks the kernel, until the answer is shown. */
  async askFor(key: string, answer: Locator): Promise<void> {
    await eventually(`what ${key} shows`, async () => {
      await this.page.keyboard.press(key);
      const shown = answer.first().waitFor({ state: 'attached', timeout: ANSWER_MS });
      return await shown.then(
        () => true,
        () => false,
      );
    });
  }

  /** Puts the cursor into the last cell, where something else has had it. */
  async focus(): Promise<void> {
    const last = this.page.locator('.jp-Notebook .jp-CodeCell').last();
    await last.scrollIntoViewIfNeeded();
    await last.locator('.cm-content').click();
  }

  /** Waits until the output of a cell has this text. */
  async outputHas(index: number, text: string | RegExp): Promise<void> {
    await this.output(index).filter({ hasText: text }).waitFor({ state: 'attached' });
  }

  output(index: number) {
    return this.page.locator('.jp-Notebook .jp-CodeCell').nth(index).locator('.jp-OutputArea').first();
  }
}
