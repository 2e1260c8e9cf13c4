import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import {
  button,
  choose,
  openFile,
  openPage,
  openSample,
  predictionRows,
  rows,
  saveScreens,
  set,
  showDetails,
  showSetting,
  train,
  untilIdle,
} from './support.ts';

/** A table as people have them: words, gaps, an identifier, a code that looks like a number. */
function orders(rowCount: number): string {
  const regions = ['north', 'south', 'east', 'west'];
  const lines = Array.from({ length: rowCount }, (_, row) => {
    const code = (row * 7) % 3;
    const place = regions[(row * 5) % 4];
    const amount = row % 11 === 0 ? '' : String(10 + ((row * 37) % 90));
    const age = row % 13 === 0 ? 'NA' : String(18 + ((row * 17) % 60));
    const answer = ['no', 'maybe', 'yes'][code];
    return `K-${1000 + row},${place},${code},${amount},${age},${answer}`;
  });
  return ['customer,region,code,amount,age,answer', ...lines].join('\r\n');
}

async function columnRoles(page: Page): Promise<string[]> {
  return page.locator('table-card thead th').allInnerTexts();
}

test('a newcomer: drops a CSV with text and gaps, corrects a type, trains, reads the confusion matrix', async ({
  page,
}) => {
  const noise = await openPage(page);
  await openFile(page, orders(120), 'orders.csv');
  await expect(page.locator('table-card .file')).toHaveText('orders.csv');
  const roles = (await columnRoles(page)).map((text) => text.split(/\s+/));
  expect(roles).toEqual([
    ['customer', 'index'],
    ['region', 'input'],
    ['code', 'input'],
    ['amount', 'input'],
    ['age', 'input'],
    ['answer', 'target'],
  ]);
  const foot = page.locator('table-card .foot');
  // 4 regions and their other, 3 numbers.
  await expect(foot).toContainText('96 rows to train on, 24 for validation; 8 inputs, 3 classes.');
  await expect(foot).toContainText(
    /\d+ missing cells filled from the training rows: numbers with the median/,
  );

  await button(page, 'Columns').click();
  const columns = await rows(page, 'Columns of the table');
  expect(columns.map((cells) => [cells[0], cells[3]])).toEqual([
    ['customer', '0'],
    ['region', '0'],
    ['code', '0'],
    ['amount', '11'],
    ['age', '10'],
    ['answer', '0'],
  ]);
  await page.getByRole('combobox', { name: 'Type of code' }).selectOption('category');
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await button(page, 'Use these columns').click();
  await expect(page.getByRole('dialog')).toBeHidden();
  // The code is now one input a value, and one for any other.
  await expect(foot).toContainText('11 inputs, 3 classes');

  await train(page);
  await expect(page.locator('result-card')).toContainText(/On 24 validation rows the network is right in/);
  await showDetails(page, 'Measures');
  const matrix = page.locator('confusion-matrix');
  await expect(matrix).toContainText('predicted');
  await expect(matrix).toContainText('maybe');
  await expect(page.locator('class-measures')).toContainText('precision');
  // The answer follows from the code: the network finds out.
  await expect(page.locator('measures-table')).toContainText('100.0 %');
  await showDetails(page, 'Predictions');
  const first = (await predictionRows(page, 120))[0];
  expect(first.slice(0, 2)).toEqual(['K-1000', expect.stringMatching(/training|validat\./)]);
  await showDetails(page, 'Measures');
  await saveScreens(page, 'classes');
  expect(noise.messages).toEqual([]);
  // Nothing of the table is in the address.
  expect(page.url()).not.toMatch(/code|region|amount|orders|customer|maybe|north/);
});

test('a table that cannot be trained on says why, until its columns are corrected', async ({ page }) => {
  await openPage(page);
  await openFile(page, 'size,colour,price\n1,red,5\n2,blue,5\n3,red,5\n4,blue,5\n');
  const problem = page.locator('table-card .problem');
  await expect(problem).toContainText('The target "price" is "5" in all 4 rows');
  await button(page, 'Train').click();
  await expect(page.getByRole('alert').filter({ hasText: 'Error.' })).toContainText('The target "price"');
  await button(page, 'Columns').click();
  const role = (name: string) => page.getByRole('combobox', { name: `Role of ${name}` });
  // Half a correction is said in the dialog, and nothing is lost.
  await role('price').selectOption('ignored');
  await button(page, 'Use these columns').click();
  await expect(page.locator('columns-dialog #problem')).toContainText('0 target columns');
  await role('colour').selectOption('target');
  await button(page, 'Use these columns').click();
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(problem).toHaveCount(0);
  await train(page);
  await expect(page.locator('result-card')).toContainText('The gradients agree');
});

test('words in a column of numbers are a problem until they count as missing', async ({ page }) => {
  await openPage(page);
  const rents = Array.from(
    { length: 30 },
    (_, row) => `${row % 7 === 3 ? 'k. A.' : 20 + row};${500 + 11 * row},5`,
  );
  await openFile(page, ['size;rent', ...rents].join('\n'));
  await expect(page.locator('table-card .problem')).toContainText('"k. A." in data row 4, column "size"');
  await button(page, 'Columns').click();
  await page.getByRole('combobox', { name: 'Type of size' }).selectOption('number-or-missing');
  await button(page, 'Use these columns').click();
  await expect(page.locator('table-card .foot')).toContainText('4 missing cells filled');
  await train(page);
  await expect(page.locator('result-card')).toContainText('The gradients agree');
});

test('how a file is written is guessed, and corrected', async ({ page }) => {
  await openPage(page);
  await openFile(page, '1,5;2,5;0\n3,5;1,5;1\n2,0;2,0;1\n0,5;3,5;0\n');
  await expect(page.locator('table-card tbody tr').first()).toHaveText(/1\.5\s*2\.5\s*0/);
  await button(page, 'Columns').click();
  const header = page.getByRole('checkbox', { name: 'The first line names the columns' });
  await expect(header).not.toBeChecked();
  await header.click();
  await expect(header).toBeChecked();
  await expect(page.getByRole('rowheader', { name: '1,5' })).toBeVisible();
  await header.click();
  await expect(page.getByRole('rowheader', { name: 'column1' })).toBeVisible();
  // One that cannot be read so says so and stays as it was.
  await page.getByRole('combobox', { name: 'Cells end with' }).selectOption({ label: 'bar |' });
  await expect(page.locator('columns-dialog #problem')).not.toBeEmpty();
  await page.keyboard.press('Escape');
});

test('a regression: early stopping, R² beside a linear model, predicted against actual', async ({ page }) => {
  await openPage(page);
  await openSample(page, 'Diabetes');
  await set(page, 'Steps', '3,000');
  await set(page, 'Stop early after', '5');
  await train(page);
  await expect(page.locator('result-card')).toContainText(
    /Ended early, after [\d,]+ steps: the validation loss was lowest at step [\d,]+, whose parameters are kept\./,
  );
  await expect(page.locator('result-card')).toContainText(/R² of 0\.\d+.*a linear model/);
  await expect(page.locator('loss-card .runs')).toContainText('validation');
  await showDetails(page, 'Measures');
  await expect(page.locator('prediction-plot')).toContainText('predicted = actual');
  await saveScreens(page, 'regression');
  // Without rows to look at there is nothing to stop by.
  await set(page, 'Validation share', '0');
  await button(page, 'Train').click();
  await expect(page.locator('settings-form [role=alert]:visible')).toContainText('no validation rows');
});

test('the GPU agrees with float64 on minibatches, Adam and cross-entropy', async ({ page }) => {
  await openPage(page);
  await openSample(page, 'Iris');
  await set(page, 'Rows of a batch', '16');
  await set(page, 'Steps', '60');
  await button(page, 'Compare').click();
  await expect(button(page, 'Reset')).toBeVisible();
  await untilIdle(page);
  await expect(page.locator('result-card')).toContainText('agrees with float64');
});

test('two classes: the threshold moves what counts as 1', async ({ page }) => {
  await openPage(page);
  await openSample(page, 'Circles');
  await set(page, 'Steps', '100');
  await train(page);
  await showDetails(page, 'Measures');
  const slider = page.getByRole('slider');
  await slider.focus();
  const before = await page.locator('confusion-matrix').innerText();
  await page.keyboard.press('End');
  await expect(page.locator('confusion-matrix')).not.toHaveText(before);
});

test('a link opens a sample with its settings, and does not train', async ({ page }) => {
  await page.goto('/#sample=iris&learning-rate=0.02&steps=40&hidden=6,4&optimizer=adamw&validation=0.3');
  await expect(page.locator('table-card .file')).toHaveText('Iris sample');
  await expect(page.locator('settings-form summary').first()).toContainText('6, 4 hidden units');
  await expect(page.locator('settings-form summary').first()).toContainText('AdamW · rate 0.02');
  await expect(page.locator('run-card')).toContainText('40 steps');
  await page.waitForTimeout(500);
  await expect(page.locator('main')).toHaveAttribute('data-activity', 'idle');
  await expect(page.locator('result-card')).toBeHidden();
  await expect(page.locator('table-card .foot')).toContainText('75 rows to train on, 45 for validation');

  // What is changed goes into the address, and what is as it was leaves it.
  await set(page, 'Learning rate', '0.5');
  expect(new URL(page.url()).hash).toContain('learning-rate=0.5');
  await openSample(page, 'XOR');
  expect(new URL(page.url()).hash).toBe('#sample=xor');
  await openSample(page, 'OR');
  expect(new URL(page.url()).hash).toBe('');
  await set(page, 'Seed', '7');
  expect(new URL(page.url()).hash).toBe('#sample=or&seed=7');
  expect(new URL(page.url()).search).toBe('');
});

test('a run is repeated by its link, to the last digit', async ({ page, context }) => {
  await openPage(page);
  await openSample(page, 'XOR');
  await set(page, 'Seed', '11');
  await set(page, 'Steps', '300');
  await choose(page, 'Optimizer', 'RMSprop');
  await train(page);
  await showDetails(page, 'Log');
  const log = await page.locator('pre[data-run=cpu]').innerText();
  const other = await context.newPage();
  await other.goto(page.url());
  await expect(other.locator('table-card .file')).toHaveText('XOR sample');
  await train(other);
  await showDetails(other, 'Log');
  expect(await other.locator('pre[data-run=cpu]').innerText()).toBe(log);
});

test('columns corrected on a sample are in its link, without their names', async ({ page, context }) => {
  await openPage(page);
  await openSample(page, 'Iris');
  await button(page, 'Columns').click();
  await page.getByRole('combobox', { name: 'Role of species' }).selectOption('input');
  await page.getByRole('combobox', { name: 'Role of petal_width' }).selectOption('target');
  await button(page, 'Use these columns').click();
  await expect(page.locator('table-card .foot')).toContainText('7 inputs, 1 output');
  expect(new URL(page.url()).hash).toBe('#sample=iris&columns=ininintnic');
  const other = await context.newPage();
  await other.goto(page.url());
  await expect(other.locator('table-card .foot')).toContainText('7 inputs, 1 output');
});

test('a link with nonsense says what it left out', async ({ page }) => {
  const messages: string[] = [];
  page.on('pageerror', (error) => messages.push(String(error)));
  await page.goto(
    '/#sample=iris&steps=many&learning-rate=-4&activation=<b>x</b>&colour=red&optimizer=lion&seed=3&batch-size=100000&columns=zz',
  );
  await expect(page.locator('table-card .file')).toHaveText('Iris sample');
  const notice = page.locator('notice-bar');
  for (const what of [
    'Steps',
    'Learning rate',
    'Optimizer',
    'Rows of a batch',
    'colour=red',
    'activation=',
    'columns=zz',
  ]) {
    await expect(notice).toContainText(what);
  }
  await expect(await showSetting(page, 'Seed')).toHaveValue('3');
  expect(await notice.locator('b').count()).toBe(0);
  expect(new URL(page.url()).hash).toBe('#sample=iris&seed=3');
  await page.goto('/#sample=nowhere&steps=5');
  await expect(notice).toContainText('sample=nowhere');
  await expect(page.locator('table-card .file')).toHaveText(/sample$/);
  expect(messages).toEqual([]);
});

test('settings of a link without a table wait for one', async ({ page }) => {
  await page.goto('/#sample=own&steps=123');
  await expect(page.locator('notice-bar')).toContainText('the table is not: open yours, and it takes them');
  await expect(page.locator('run-card')).toContainText('10,000 steps');
  await openFile(page, 'x,y\n1,2\n2,5\n3,4\n4,7\n');
  await expect(page.locator('run-card')).toContainText('123 steps');
  expect(new URL(page.url()).hash).toBe('#sample=own&steps=123');
});
