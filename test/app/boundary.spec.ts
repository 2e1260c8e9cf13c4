import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { openPage } from './support.ts';

/** An element alone on the page, with what it is given; what it says is kept. */
async function place(page: Page, name: string, given: object): Promise<void> {
  await page.evaluate(
    ([tag, properties]) => {
      document.querySelector('handgrad-page')?.remove();
      const main = document.body.appendChild(document.createElement('main'));
      main.appendChild(document.createElement('h1')).textContent = 'Plane';
      const element = Object.assign(document.createElement(tag), properties);
      const said: unknown[] = [];
      element.addEventListener('change', (event) => said.push((event as CustomEvent).detail));
      Object.assign(globalThis, { said });
      main.append(element);
    },
    [name, given] as const,
  );
}

const lastSaid = (page: Page) =>
  page.evaluate(() => (globalThis as unknown as { said: unknown[] }).said.at(-1));

function formOf(columnCount: number, outputs: readonly string[]) {
  const names = Array.from({ length: columnCount }, (_, i) => `c${i}`);
  return {
    columns: {
      columns: names.map((column) => ({ column, from: 0, to: 1 })),
      held: names.map((column) => ({ kind: 'number', column, start: '0.5', fill: undefined })),
      outputs,
      suggested: ['c0', 'c1'],
    },
    request: { across: 'c0', up: 'c1', cells: names.map(() => '0.5'), points: 64, output: 0 },
  };
}

test('the form of a plane of ten thousand columns shows fifty inputs at a time', async ({ page }) => {
  await openPage(page);
  await place(page, 'boundary-form', formOf(10_000, ['price']));
  await expect(page.getByLabel('Up')).toHaveValue('c1');
  const drawnMs = await page.evaluate(async () => {
    const { columns, request } = document.querySelector('boundary-form') as unknown as Record<string, object>;
    const form = document.createElement('boundary-form') as HTMLElement & {
      updateComplete: Promise<unknown>;
    };
    const started = performance.now();
    document.body.append(Object.assign(form, { columns, request }));
    await form.updateComplete;
    form.remove();
    return performance.now() - started;
  });
  console.log(`a form of 10,000 columns drawn in ${Math.round(drawnMs)} ms`);
  await expect(
    page.getByText('9,998 other inputs are held: c2 at 0.5, c3 at 0.5, c4 at 0.5, 9,995 more.'),
  ).toBeVisible();
  await expect(page.getByLabel('Of')).toHaveCount(0);
  await expect(page.locator('.held input')).toHaveCount(0);

  await page.getByText('9,998 other inputs, held').click();
  await expect(page.locator('.held input')).toHaveCount(50);
  await expect(page.getByRole('status')).toHaveText('1 to 50 of 9,998 inputs');
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.getByRole('status')).toHaveText('51 to 100 of 9,998 inputs');
  await page.getByLabel('c60', { exact: true }).fill('7');
  expect(((await lastSaid(page)) as { cells: string[] }).cells[60]).toBe('7');
  await page.getByRole('button', { name: 'Previous' }).click();
  await expect(page.getByLabel('c2', { exact: true })).toHaveValue('0.5');
});

test('which columns a plane is over and of which of several targets is chosen', async ({ page }) => {
  await openPage(page);
  await place(page, 'boundary-form', formOf(3, ['price', 'cost']));
  await page.getByLabel('Of').selectOption('cost');
  expect(await lastSaid(page)).toMatchObject({ across: 'c0', up: 'c1', output: 1 });
  await page.getByLabel('Across').selectOption('c1');
  expect(await lastSaid(page)).toMatchObject({ across: 'c1', up: 'c0', output: 1 });
  await expect(page.getByLabel('Up')).toHaveValue('c0');
  await page.getByLabel('Up').selectOption({ index: 0 });
  expect(await lastSaid(page)).toMatchObject({ across: 'c1' });
  expect((await lastSaid(page)) as object).not.toHaveProperty('up', 'c0');
  await expect(page.getByText('2 other inputs are held')).toContainText('may lie off the curve');
  await page.getByText('2 other inputs, held').click();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
});

test('the legend of a plane has twelve classes and a count, and says where nothing is a number', async ({
  page,
}) => {
  await openPage(page);
  const classes = Array.from({ length: 15 }, (_, i) => `kind ${i}`);
  await page.evaluate((names) => {
    document.querySelector('handgrad-page')?.remove();
    const main = document.body.appendChild(document.createElement('main'));
    main.appendChild(document.createElement('h1')).textContent = 'Plane';
    const axis = (column: string) => ({ column, from: 0, to: 1 });
    const field = {
      kind: 'classes',
      columns: 2,
      rows: 2,
      x: axis('a'),
      y: axis('b'),
      names,
      classes: names,
      values: new Float32Array(4).fill(Number.NaN),
      classOf: new Uint16Array(4).fill(65_535),
      picture: { columns: 2, rows: 2, levels: new Uint16Array(4).fill(1023) },
      range: { least: 0, most: 1 },
      extent: undefined,
      classShares: names.map(() => 0),
      decides: true,
    };
    main.append(Object.assign(document.createElement('boundary-picture'), { field }));
  }, classes);
  const items = page.locator('boundary-picture li');
  await expect(items).toHaveCount(15);
  await expect(items.nth(11)).toHaveText('kind 11');
  await expect(items.nth(12)).toHaveText('and 3 more classes');
  await expect(items.nth(13)).toHaveText('no number');
  await expect(page.getByText('No prediction is a number.')).toBeVisible();
  await expect(page.getByRole('img')).toHaveAccessibleName(/: no prediction is a number\./);
});
