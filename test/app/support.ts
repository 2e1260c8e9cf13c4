import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Locator, type Page } from '@playwright/test';

/** What the page said or asked for that it should not have: console messages, errors, requests after load. */
export interface Noise {
  readonly messages: string[];
  readonly lateRequests: string[];
}

/** Opens the page and waits until the sample is there and the adapter is known. */
export async function openPage(page: Page): Promise<Noise> {
  const noise: Noise = { messages: [], lateRequests: [] };
  page.on('console', (message) => noise.messages.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => noise.messages.push(String(error)));
  let isLoaded = false;
  page.on('load', () => (isLoaded = true));
  page.on('request', (request) => {
    if (isLoaded && !request.url().startsWith('data:')) noise.lateRequests.push(request.url());
  });
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) =>
      console.error(`policy violated: ${event.violatedDirective} ${event.blockedURI}`),
    );
  });
  await page.goto('/');
  await expect(cells(page, 'Rows of the table')).toHaveCount(16);
  await expect(page.getByText('Looking for a GPU')).toHaveCount(0);
  return noise;
}

export function button(page: Page, name: string): Locator {
  return page.getByRole('button', { name, exact: true });
}

export function region(page: Page, name: string): Locator {
  return page.getByRole('region', { name, exact: true });
}

/** The body cells of the table in a region, row headers included. */
function cells(page: Page, name: string): Locator {
  return region(page, name).locator('tbody :is(th, td)');
}

/** The rows of the table in a region, as text. */
export async function rows(page: Page, name: string): Promise<string[][]> {
  return region(page, name)
    .locator('tbody tr')
    .evaluateAll((found) =>
      found.map((row) => [...row.querySelectorAll('th, td')].map((cell) => cell.textContent.trim())),
    );
}

/** Waits until nothing runs any more. */
export async function untilIdle(page: Page, timeout = 45_000): Promise<void> {
  await expect(page.locator('main[data-activity]')).toHaveAttribute('data-activity', 'idle', { timeout });
}

/** Verdict and timing as they stand on the page. */
export async function resultText(page: Page): Promise<string> {
  const text = await page.locator('result-card section').innerText();
  expect(text).toContain('Timing');
  // Numbers and their units do not break.
  return text.replaceAll('\u00a0', ' ');
}

export async function train(page: Page): Promise<void> {
  await button(page, 'Train').click();
  await expect(button(page, 'Reset')).toBeVisible();
  await untilIdle(page);
}

/** Opens one part of the Details. */
export async function showDetails(page: Page, tab: string): Promise<void> {
  const isOpen = await page
    .locator('details-card details')
    .evaluate((element: HTMLDetailsElement) => element.open);
  if (!isOpen) await page.locator('details-card summary').click();
  await page.getByRole('tab', { name: tab, exact: tab !== 'Notebook' }).click();
}

export async function set(page: Page, field: string, value: string): Promise<void> {
  const box = await showSetting(page, field);
  await box.fill(value);
  await box.blur();
}

/** Chooses a setting of those in a list. */
export async function choose(page: Page, field: string, label: string): Promise<void> {
  await (await showSetting(page, field)).selectOption({ label });
}

/** Brings a setting into sight, opening what it is in. */
export async function showSetting(page: Page, field: string): Promise<Locator> {
  const box = page.locator('settings-form').getByLabel(field, { exact: true });
  for (const summary of ['Settings', 'All settings']) {
    if (await box.isVisible()) break;
    const closed = page.locator('settings-form details:not([open]) > summary');
    const opener = closed.filter({ hasText: new RegExp(`^\\s*${summary}`) });
    if (!(await opener.isVisible())) continue;
    await opener.click();
    // What is inside is drawn a moment later.
    await expect(page.locator('settings-form details[open] fieldset').first()).toBeVisible();
    await expect(page.locator('settings-form summary')).toHaveCount(2);
  }
  await expect(box).toBeVisible();
  return box;
}

/** Opens one of the tables that come with the page. */
export async function openSample(page: Page, name: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Sample tables' }).selectOption({ label: name });
  await expect(page.locator('table-card .file')).toHaveText(`${name} sample`);
}

/** The predictions, once all rows are there: they come frame by frame. */
export async function predictionRows(page: Page, rowCount: number): Promise<string[][]> {
  await expect(region(page, 'Predictions').locator('tbody tr')).toHaveCount(rowCount);
  return rows(page, 'Predictions');
}

/** Gives the page a file as the file dialog would. */
export async function openFile(page: Page, content: string | Buffer, name = 'table.csv'): Promise<void> {
  const buffer = typeof content === 'string' ? Buffer.from(content) : content;
  await page.locator('table-card input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer });
}

/** What a figure on the page says as a number: proper minus, thousands, `3.1e−7`. */
export function numberIn(text: string): number {
  return Number(text.replaceAll('−', '-').replaceAll(',', ''));
}

/** The log of one run, line by line. */
export async function logLines(page: Page, run: 'cpu' | 'kernels' | 'gpu'): Promise<string[]> {
  await showDetails(page, 'Log');
  return (await page.locator(`pre[data-run=${run}]`).innerText()).split('\n');
}

/**
 * Screenshots to be looked at, at both widths, light and dark; axe finds nothing in either scheme and width.
 *
 * @param which `few`, which is usual, leaves out those that axe does not look at
 */
export async function saveScreens(
  page: Page,
  when: string,
  which: 'all' | 'few' = process.env.HANDGRAD_FULL === '1' ? 'all' : 'few',
): Promise<void> {
  for (const [width, height] of [
    [1440, 980],
    [390, 844],
  ]) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ['light', 'dark'] as const) {
      // Colours do not depend on the width: two of the four see every width and every colour.
      const isLookedAt = (width === 390) === (colorScheme === 'dark');
      if (!isLookedAt && which === 'few') continue;
      await page.emulateMedia({ colorScheme });
      await page.screenshot({
        path: `test-results/screens/${when}-${width}-${colorScheme}.png`,
        fullPage: true,
      });
      if (isLookedAt) expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    }
  }
}

/** Words, numbers and gaps; who wears what follows from both. */
export function pets(rowCount: number): string {
  const lines = Array.from({ length: rowCount }, (_, row) => {
    const weight = row % 9 === 4 ? '' : String(2 + ((row * 7) % 30));
    const coat = ['smooth', 'curly', 'wired'][row % 3];
    return `${weight},${coat},${row % 3 === 0 || row % 7 === 0 ? 'cat' : 'dog'}`;
  });
  return ['weight,coat,animal', ...lines].join('\n');
}

/** Whatever a page can leave on a device, but for the address. */
export async function leftOnDevice(page: Page): Promise<unknown> {
  return page.evaluate(async () => ({
    databases: (await indexedDB.databases()).map(({ name }) => name),
    local: Object.keys(localStorage),
    session: Object.keys(sessionStorage),
    caches: await caches.keys(),
  }));
}

/** Of a page that left nothing. */
export const nothing = { databases: [], local: [], session: [], caches: [] };

/** What happened unasked, and went well. */
export function notice(page: Page) {
  return page.locator('notice-bar .notice:not(.error)');
}
