import { expect, test, type Page } from '@playwright/test';
import type { Page as AppPage } from '../../src/app/page-element.ts';
import { peakMemory } from './peak-memory.ts';
import { longestTask } from './main-thread.ts';
import { button, numberIn, openPage, openSample, saveScreens } from './support.ts';

const LONGEST_TASK_MS = 50;
const MOST_MEMORY_BYTES = 512 * 2 ** 20;
const over = { timeout: 90_000 };

test.slow();

async function openSweep(page: Page, texts: Readonly<Record<string, string>>): Promise<void> {
  await page.getByRole('link', { name: 'Sweep' }).click();
  for (const [label, text] of Object.entries(texts)) await page.getByLabel(label, { exact: true }).fill(text);
}

async function onGpu(page: Page): Promise<void> {
  await page.locator('sweep-view').getByRole('radio', { name: 'WebGPU (software)' }).check({ force: true });
}

/** The table of all networks, as it is saved. */
async function csvOf(page: Page): Promise<string> {
  const download = page.waitForEvent('download');
  await button(page, 'Save as CSV').click();
  const stream = await (await download).createReadStream();
  return (await stream.toArray()).join('');
}

const resultRows = (page: Page) => page.locator('sweep-table tbody tr');

/** A column of the results, as text. */
async function columnTexts(page: Page, name: string): Promise<string[]> {
  const headers = await page.locator('sweep-table thead th').allInnerTexts();
  // An arrow stands before the figures that are sorted by.
  const at = headers.findIndex((text) => text.replace(/^[↑↓]\s*/, '').startsWith(name));
  expect(at).toBeGreaterThanOrEqual(0);
  return resultRows(page).evaluateAll(
    (found, place) => found.map((row) => row.children[place].textContent.trim()),
    at,
  );
}

test('4,096 networks: the page stays free, the results are sorted, and one of them is repeated alone', async ({
  browser,
  page,
}) => {
  const noise = await openPage(page);
  await openSweep(page, { Seeds: '1..512', 'Learning rate': '0.001..1:log:8' });
  await onGpu(page);
  await expect(page.locator('sweep-form')).toContainText('4,096 networks');
  const press = button(page, 'Sweep');
  await expect(press).toHaveAttribute('aria-disabled', 'false');
  await press.focus();
  const longest = await longestTask(browser, page, async () => {
    await page.keyboard.press('Enter');
    await page.waitForTimeout(4000);
  });
  await expect(press).toBeVisible(over);
  const peak = await peakMemory(browser);
  console.log(`a sweep of 4,096 networks: longest main-thread task ${longest.toFixed(1)} ms of CPU time`);
  console.log(`peak memory of the page and its worker: ${(peak / 2 ** 20).toFixed(0)} MiB`);
  expect(peak).toBeLessThan(MOST_MEMORY_BYTES);
  expect(longest).toBeLessThan(LONGEST_TASK_MS);
  await expect(page.locator('sweep-progress')).toContainText('4,096 networks');

  // Sorted by keyboard: the worst first, and those of the best rate no longer on top.
  await expect(resultRows(page)).toHaveCount(25);
  const best = await columnTexts(page, 'final loss');
  expect(best.map(numberIn)).toEqual(best.map(numberIn).toSorted((a, b) => a - b));
  const header = page.locator('sweep-table thead').getByRole('button', { name: /final loss/ });
  await header.focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('sweep-table th[aria-sort=ascending]')).toContainText('final loss');
  await page.keyboard.press('Enter');
  await expect(page.locator('sweep-table th[aria-sort=descending]')).toContainText('final loss');
  const [worstText, ...others] = await columnTexts(page, 'final loss');
  const worst = [worstText, ...others].map(numberIn);
  expect(worst).toEqual(worst.toSorted((a, b) => b - a));
  expect(worst[0]).toBeGreaterThan(numberIn(best[0]));

  // The first of them, alone: the same final loss, to the last bit.
  const line = (await csvOf(page)).trim().split('\n').at(-1)?.split(',') ?? [];
  await resultRows(page)
    .first()
    .getByRole('button', { name: /^Open network/ })
    .click();
  await expect(button(page, 'Train')).toBeVisible();
  await expect(page.locator('notice-bar')).toContainText('of the sweep. Train repeats it.');
  // Who opened it by keyboard trains it by keyboard.
  await expect(button(page, 'Train')).toBeFocused();
  await page.keyboard.press('Enter');
  const ended = page.getByRole('status').filter({ hasText: 'finished 10,000 steps' });
  await expect(ended).toContainText(`the loss is ${worstText}.`, over);
  const finalLoss = await page.evaluate(() => {
    const { state } = (document.querySelector('handgrad-page') as unknown as { page: AppPage }).page;
    return state.runs.gpu?.report?.finalLoss;
  });
  expect(line).toContain(String(finalLoss));
  expect(noise.messages).toEqual([]);
});

test('two settings of a table with classes: fan, heat map, groups and results, in light and dark', async ({
  page,
}) => {
  const noise = await openPage(page);
  await openSample(page, 'Iris');
  await openSweep(page, { Seeds: '1..6', 'Learning rate': '0.001/0.03/1', 'Hidden layers': '3/8' });
  await onGpu(page);
  await expect(page.locator('sweep-form')).toContainText('36 networks in 2 shapes');
  await button(page, 'Sweep').click();
  await expect(page.locator('sweep-progress')).toContainText('36 networks', over);
  await expect(button(page, 'Sweep')).toBeVisible(over);

  // The heat map is a table: every field reads its figure, and the best says so.
  const fields = page.locator('heat-map tbody td');
  await expect(fields).toHaveCount(6);
  for (const text of await fields.allInnerTexts()) expect(text).toMatch(/^[\d.]+(e−\d+)?|diverged/);
  await expect(fields.filter({ hasText: 'best' })).toHaveCount(1);
  await expect(page.locator('sweep-groups tbody tr')).toHaveCount(6);
  await expect(page.locator('fan-chart svg').first()).toBeVisible();
  await saveScreens(page, 'sweep');
  expect(noise.messages).toEqual([]);
});

test('a sweep on all cores that is paused and goes on comes to what it would have come to', async ({
  page,
}) => {
  await openPage(page);
  await openSweep(page, { Seeds: '1..24', 'Learning rate': '0.05/0.5' });
  const view = page.locator('sweep-view');
  await view.getByRole('radio', { name: 'CPU' }).check({ force: true });
  await button(page, 'Sweep').click();
  await expect(button(page, 'Sweep')).toBeVisible(over);
  const whole = await csvOf(page);
  expect(whole.split('\n')).toHaveLength(50);

  await button(page, 'Sweep').click();
  await button(page, 'Pause').click();
  await expect(button(page, 'Continue')).toBeVisible();
  await button(page, 'Continue').click();
  await expect(button(page, 'Sweep')).toBeVisible(over);
  expect(await csvOf(page)).toBe(whole);
});

test('the best networks open as one model, which says how far they are apart, and is handed on', async ({
  page,
}) => {
  const noise = await openPage(page);
  await openSample(page, 'Iris');
  await openSweep(page, { Seeds: '1..6', 'Learning rate': '0.01..0.1:log:4' });
  await onGpu(page);
  await button(page, 'Sweep').click();
  await expect(page.locator('sweep-progress')).toContainText('24 networks', over);
  await expect(button(page, 'Sweep')).toBeVisible(over);

  // A rate of twelve digits is shown with four.
  await expect(page.locator('sweep-groups tbody').getByTitle('0.0215443469003')).toHaveText('0.02154');
  const ensemble = page.locator('sweep-ensemble');
  await expect(ensemble).toContainText('It can be of the 24 networks');
  const members = ensemble.getByLabel('Networks of the ensemble');
  await expect(members).toHaveValue('10');
  await members.fill('25');
  await expect(ensemble.locator('.fails')).toContainText('from 2 to 24');
  await expect(button(page, 'Open as one model')).toHaveAttribute('aria-disabled', 'true');
  await members.fill('4');
  await members.press('Enter');

  const card = page.locator('model-card');
  await expect(card).toContainText('ensemble of 4.handgrad.safetensors');
  await expect(card).toContainText('an ensemble of 4 networks of');
  await expect(
    card.getByRole('heading', { name: /^Ensemble of 4 networks, \d+ parameters each$/ }),
  ).toBeFocused();
  await expect(card).not.toContainText('Continue training');
  const answer = card.locator('answer-view');
  await expect(answer).toContainText('± is the standard deviation over the 4 networks.');
  const probabilities = answer.locator('tbody tr td:last-child');
  await expect(probabilities).toHaveText(Array(3).fill(/^[<>]? ?[\d.]+\u00a0% ± (< )?[\d.]+\u00a0%$/));
  const before = await probabilities.allInnerTexts();
  await card.getByLabel('petal_length').fill('4.9');
  await expect(probabilities).not.toHaveText(before);

  await button(page, 'Predict the open table').click();
  const predicted = card.getByRole('region', { name: 'Predictions of the file' });
  await expect(predicted.locator('tbody tr').first()).toContainText('±');
  await saveScreens(page, 'ensemble');
  await card.getByText('Download', { exact: true }).first().click();
  await expect(card.locator('export-panel')).toContainText('ONNX');
  await expect(card.locator('export-panel')).not.toContainText(/training|trains/);
  const download = page.waitForEvent('download');
  await button(page, 'Download ONNX').click();
  expect((await download).suggestedFilename()).toBe('Iris-sample.onnx');
  expect(noise.messages).toEqual([]);
});

test('the address of the Sweep page holds the table, its settings and what is swept', async ({
  page,
  context,
}) => {
  await openPage(page);
  await openSample(page, 'Iris');
  await openSweep(page, { Seeds: '1..3', 'Hidden layers': '3/8,4' });
  const form = page.locator('sweep-form');
  await expect(form).toContainText('6 networks');
  expect(new URL(page.url()).hash).toBe('#sweep&sample=iris&sweep-hidden=3/8%2C4&sweep-seed=1..3');
  const other = await context.newPage();
  await other.goto(page.url());
  await expect(other.locator('sweep-form')).toContainText('6 networks');
  await expect(other.getByRole('link', { name: 'Sweep' })).toHaveAttribute('aria-current', 'page');
  await expect(other.getByLabel('Hidden layers', { exact: true })).toHaveValue('3/8,4');
  await other.getByRole('link', { name: 'Bench' }).click();
  expect(new URL(other.url()).hash).toBe('#bench&sample=iris');
  await other.getByRole('link', { name: 'Train' }).click();
  await expect(other.locator('table-card .file')).toHaveText('Iris sample');
});

test('a network of another table than that on the page is not opened', async ({ page }) => {
  await openPage(page);
  await openSample(page, 'XOR');
  await openSweep(page, { Seeds: '1..2' });
  await button(page, 'Sweep').click();
  await expect(resultRows(page)).toHaveCount(2, over);
  await expect(button(page, 'Sweep')).toHaveAttribute('aria-disabled', 'false', over);
  const open = resultRows(page)
    .first()
    .getByRole('button', { name: /^Open network/ });
  await page.getByRole('link', { name: 'Train' }).click();
  await openSample(page, 'Iris');
  await page.getByRole('link', { name: 'Sweep' }).click();
  await expect(page.locator('sweep-view')).toContainText('This sweep is of XOR sample');
  await open.click();
  await expect(page.locator('notice-bar')).toContainText(
    'trained on XOR sample, which is no longer on the page',
  );
  expect(new URL(page.url()).hash).toMatch(/^#sweep&sample=iris/);
  // Back on the page it is the same table.
  await page.getByRole('link', { name: 'Train' }).click();
  await openSample(page, 'XOR');
  await page.getByRole('link', { name: 'Sweep' }).click();
  await open.focus();
  await page.keyboard.press('Enter');
  await expect(button(page, 'Train')).toBeFocused();
  await expect(page.locator('notice-bar')).toContainText('Train repeats it.');
});

test('values that cannot be swept are refused with what to write', async ({ page }) => {
  await openPage(page);
  await openSweep(page, {});
  const form = page.locator('sweep-form');
  for (const [label, text, sentence] of [
    ['Learning rate', '1..0.001:log:8', 'begins at 1 and ends below'],
    ['Learning rate', '0..1:log:8', 'log'],
    ['Seeds', '1..1000000000', '65,536'],
    ['Hidden layers', '3//5', 'Hidden layers'],
  ]) {
    await form.getByLabel(label, { exact: true }).fill(text);
    await expect(form.locator('.fails')).toContainText(new RegExp(sentence, 'i'));
    await expect(button(page, 'Sweep')).toHaveAttribute('aria-disabled', 'true');
    await form.getByLabel(label, { exact: true }).fill('');
  }
});
