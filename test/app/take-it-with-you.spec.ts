import { runOnnx } from '../support/onnx.ts';
import { expect, test, type Download, type Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { readModel } from '../../src/exchange/model-file.ts';
import {
  button,
  openFile,
  openPage,
  openSample,
  region,
  resultText,
  rows,
  saveScreens,
  set,
  showDetails,
  train,
  untilIdle,
} from './support.ts';

/** Words, numbers and gaps; who wears what follows from both. */
function pets(rowCount: number): string {
  const lines = Array.from({ length: rowCount }, (_, row) => {
    const weight = row % 9 === 4 ? '' : String(2 + ((row * 7) % 30));
    const coat = ['smooth', 'curly', 'wired'][row % 3];
    return `${weight},${coat},${row % 3 === 0 || row % 7 === 0 ? 'cat' : 'dog'}`;
  });
  return ['weight,coat,animal', ...lines].join('\n');
}

async function download(page: Page, name: string): Promise<Download> {
  const [file] = await Promise.all([page.waitForEvent('download'), button(page, name).click()]);
  return file;
}

async function contentOf(file: Download): Promise<Buffer> {
  return readFileSync(await file.path());
}

/** Whatever a page can leave on a device, but for the address. */
async function leftOnDevice(page: Page): Promise<unknown> {
  return page.evaluate(async () => ({
    databases: (await indexedDB.databases()).map(({ name }) => name),
    local: Object.keys(localStorage),
    session: Object.keys(sessionStorage),
    caches: await caches.keys(),
  }));
}

const nothing = { databases: [], local: [], session: [], caches: [] };

async function stepCount(page: Page): Promise<number> {
  return Number(await page.getByRole('progressbar', { name: 'Steps done' }).getAttribute('aria-valuenow'));
}

async function reload(page: Page): Promise<void> {
  await page.reload();
  await expect(page.locator('table-card .file')).toBeVisible();
  await expect(page.getByText('Looking for a GPU')).toHaveCount(0);
}

function notice(page: Page) {
  return page.locator('notice-bar .notice:not(.error)');
}

const rememberSwitch = (page: Page) => page.getByRole('switch', { name: 'Remember on this device' });

/** Everything that a digit could differ in. */
async function readLog(page: Page): Promise<string> {
  await showDetails(page, 'Log');
  return page.locator('pre').innerText();
}

test('a network is used and taken along: a row, a file of rows, a model file, opened on a fresh page', async ({
  page,
  context,
}) => {
  const noise = await openPage(page);
  await openFile(page, pets(60), 'pets of 2026.csv');
  await expect(page.locator('table-card .file')).toHaveText('pets of 2026.csv');
  await train(page);
  await showDetails(page, 'Use it');
  const answer = page.locator('predict-panel answer-view').first();
  await expect(answer).toContainText('animal');
  await expect(answer.locator('tbody tr')).toHaveCount(2);
  // The first row of the table stands there to begin with.
  await expect(page.getByLabel('weight', { exact: true })).toHaveValue('2');
  await expect(answer.locator('.value')).toHaveText('cat');
  // As one types.
  await page.getByLabel('coat', { exact: true }).selectOption('curly');
  await expect(answer.locator('.value')).toHaveText('dog');
  await page.getByLabel('weight', { exact: true }).fill('heavy');
  await expect(page.locator('predict-panel')).toContainText('“heavy” is not a number.');
  await page.getByLabel('weight', { exact: true }).fill('');
  await page.getByLabel('weight', { exact: true }).press('Enter');
  await expect(page.locator('predict-panel')).not.toContainText('is not a number');
  // Enter predicts here; it does not train.
  await expect(page.locator('main')).toHaveAttribute('data-activity', 'idle');
  await expect(page.locator('predict-panel')).toBeVisible();
  await expect(answer.locator('.value')).toHaveText(/cat|dog/);
  const options = await page.getByLabel('coat', { exact: true }).locator('option').allInnerTexts();
  expect(options).toEqual(['curly', 'smooth', 'wired', 'any other', '(missing: taken for smooth)']);
  await expect(answer).toContainText('85.7 %');
  const wholeRow = await answer.locator('tbody tr').allInnerTexts();
  const likeliest = await answer.locator('.value').innerText();

  await test.step('a file of rows', async () => {
    const chooseRows = (content: string) =>
      page
        .locator('rows-panel input[type=file]')
        .setInputFiles({ name: 'new.csv', mimeType: 'text/csv', buffer: Buffer.from(content) });
    await chooseRows('coat,age\ncurly,3\n');
    await expect(page.locator('rows-panel .fails')).toContainText('The table has no column "weight"');
    await chooseRows('age,coat,weight\n3,curly,4\n5,bald,\n1,smooth,8\n');
    const panel = page.locator('rows-panel');
    await expect(panel).toContainText('animal predicted for 3 rows.');
    await expect(panel).toContainText('not trained on it: “age”');
    await expect(panel).toContainText('1 cell of “coat”');
    await expect(panel).toContainText('1 missing cell filled');
    expect((await rows(page, 'Predictions of the file')).map(([row, animal]) => [row, animal])).toEqual([
      ['1', 'dog'],
      ['2', expect.stringMatching(/cat|dog/)],
      ['3', 'cat'],
    ]);
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      panel.getByRole('button', { name: /Download with predictions/ }).click(),
    ]);
    expect(file.suggestedFilename()).toBe('new.predictions.csv');
    const lines = (await contentOf(file)).toString().trim().split('\n');
    expect(lines[0]).toBe(
      'age,coat,weight,predicted animal,probability of animal = cat,probability of animal = dog',
    );
    expect(lines[1]).toMatch(/^3,curly,4,dog,0\.\d+,0\.\d+$/);
    // Dropped on the panel, a file of rows is predicted and not opened.
    await drop(page, 'rows-panel section', 'coat,weight\nwired,5\n');
    await expect(panel).toContainText('dropped.csv: animal predicted for 1 row.');
    await expect(page.locator('table-card .file')).toHaveText('pets of 2026.csv');
    await button(page, 'Predict the open table').click();
    await expect(panel).toContainText('animal predicted for 60 rows; the first 8 rows below.');
  });
  await saveScreens(page, 'use-it');

  await showDetails(page, 'Download');
  await expect(page.locator('export-panel li[data-format=model]')).toContainText(
    'Of the table it holds its name, the names of all ',
  );
  await expect(page.locator('export-panel li[data-format=safetensors]')).toContainText(
    'the weights and nothing else of the table',
  );
  const file = await download(page, 'Download handgrad model');
  expect(file.suggestedFilename()).toBe('pets-of-2026.handgrad.safetensors');
  const bytes = await contentOf(file);
  const model = readModel(bytes);
  expect(model.table).toMatchObject({ name: 'pets of 2026.csv', rowCount: 60 });
  expect(model.snapshot.step).toBe(1000);
  expect(model.losses.length).toBe(1000);
  await saveScreens(page, 'download');
  await test.step('its ONNX file says the same of a row as the page', async () => {
    const onnx = await contentOf(await download(page, 'Download ONNX'));
    const row = new Map([
      ['weight', ''],
      ['coat', 'curly'],
    ]);
    const answers = await runOnnx(onnx, model.encoding, [row]);
    const { data: labels } = answers.get('label') ?? { data: [] };
    const { data: probabilities } = answers.get('probability') ?? { data: [] };
    expect([...labels]).toEqual([likeliest]);
    // The second of the classes; before the percent sign stands a space that does not break.
    expect(wholeRow[1]).toMatch(new RegExp(`\\s${(100 * Number(probabilities[0])).toFixed(1)}\\s%`));
  });
  expect(noise.messages).toEqual([]);
  expect(await leftOnDevice(page)).toEqual(nothing);

  await test.step('the model file on a fresh page', async () => {
    const other = await context.newPage();
    await openPage(other);
    await openFile(other, bytes.subarray(0, 900), 'cut.safetensors');
    await expect(other.getByRole('alert').filter({ hasText: 'Error.' })).toContainText('cut.safetensors: ');
    await expect(other.locator('model-card')).toBeHidden();
    await other.setViewportSize({ width: 390, height: 844 });
    await openFile(other, bytes, 'any name');
    await expect(notice(other)).toContainText('Model opened: any name. It predicts animal.');
    const card = other.locator('model-card');
    await expect(card.getByRole('heading', { name: 'Opened model' })).toBeInViewport();
    await other.setViewportSize({ width: 1280, height: 900 });
    await expect(card).toContainText('Predicts animal from 2 columns');
    await expect(card).toContainText('open the table it was trained on: pets of 2026.csv, 60 rows');
    await card.getByLabel('coat', { exact: true }).selectOption('curly');
    await card.getByLabel('weight', { exact: true }).fill('');
    await expect(card.locator('answer-view .value')).toHaveText(likeliest);
    await expect(card.locator('answer-view tbody tr')).toHaveText(wholeRow, { useInnerText: true });
    await saveScreens(other, 'model');
    await openFile(other, pets(60), 'the same again.csv');
    await card.getByLabel('Steps more').fill('500');
    await button(other, 'Continue training').click();
    await untilIdle(other);
    await expect(other.locator('run-card')).toContainText('1,500 / 1,500 steps');
    await expect(other.locator('result-card')).not.toContainText('Of earlier settings');
    expect(await resultText(other)).toContain('500 steps after step 1,000 took');
  });
});

test('many inputs and classes stay usable: the digits', async ({ page }) => {
  await openPage(page);
  await openSample(page, 'Digits');
  await set(page, 'Steps', '200');
  await train(page);
  await showDetails(page, 'Use it');
  const fields = page.getByRole('group', { name: 'Values of the row' });
  await expect(fields.getByRole('textbox')).toHaveCount(64);
  expect(await fields.evaluate((element) => element.clientHeight)).toBeLessThan(400);
  const answer = page.locator('predict-panel answer-view');
  await expect(answer.locator('tbody tr')).toHaveCount(10);
  await expect(answer.locator('.value')).toHaveText('0');
  await saveScreens(page, 'digits');
});

test('nothing of a table is kept before Remember; afterwards everything is, until Forget', async ({
  page,
}) => {
  test.setTimeout(120_000);
  const messages: string[] = [];
  page.on('pageerror', (error) => messages.push(String(error)));
  await openPage(page);
  await openFile(page, pets(400), 'pets.csv');
  await expect(page.locator('table-card .file')).toHaveText('pets.csv');
  await set(page, 'Steps', '60,000');
  await set(page, 'Rows of a batch', '64');
  await train(page);
  const whole = await readLog(page);
  expect(await leftOnDevice(page)).toEqual(nothing);
  await reload(page);
  await expect(page.locator('table-card .file')).toHaveText('OR sample');
  expect(await leftOnDevice(page)).toEqual(nothing);

  await openFile(page, pets(400), 'pets.csv');
  await expect(page.locator('run-card')).toContainText('60,000 steps');
  await rememberSwitch(page).check();
  await expect(page.locator('remember-switch')).toContainText('Kept in this browser, on this device');
  await button(page, 'Train').click();
  await expect.poll(() => stepCount(page)).toBeGreaterThan(500);
  await button(page, 'Pause').click();
  await expect(button(page, 'Continue')).toBeVisible();
  const step = await stepCount(page);
  expect(step).toBeLessThan(60_000);
  await expect.poll(() => keptStep(page, 'run cpu')).toBe(step);
  await saveScreens(page, 'remembered');
  await page.setViewportSize({ width: 1280, height: 900 });

  await reload(page);
  await expect(page.locator('table-card .file')).toHaveText('pets.csv');
  await expect(button(page, 'Continue')).toBeVisible();
  expect(await stepCount(page)).toBe(step);
  await expect(rememberSwitch(page)).toBeChecked();
  await expect(notice(page)).toContainText(`The run stands at step ${step.toLocaleString('en-US')}, paused`);
  await expect(page.locator('run-card')).toContainText('60,000 steps');
  await showDetails(page, 'Measures');
  await expect(page.locator('confusion-matrix')).toContainText('cat');
  await saveScreens(page, 'restored');
  await page.setViewportSize({ width: 1280, height: 900 });
  await button(page, 'Continue').click();
  await untilIdle(page);
  expect(await readLog(page)).toBe(whole);
  await expect(page.locator('result-card')).not.toContainText('Of earlier settings');

  // A run that is over comes back as it was, and is used as before.
  const verdict = await resultText(page);
  await expect.poll(() => keptRun(page, 'run cpu')).toEqual({ step: 60_000, isOver: true, isChecked: true });
  await reload(page);
  await expect(page.locator('table-card .file')).toHaveText('pets.csv');
  await expect(notice(page)).toContainText('Back from this device: pets.csv and 1 run.');
  expect(await resultText(page)).toBe(verdict);
  expect(await readLog(page)).toBe(whole);
  await showDetails(page, 'Use it');
  await expect(page.locator('predict-panel .value')).toHaveText(/cat|dog/);

  await button(page, 'Forget everything').click();
  await expect(notice(page)).toContainText('Forgotten: nothing is kept');
  expect(await leftOnDevice(page)).toEqual(nothing);
  await reload(page);
  await expect(page.locator('table-card .file')).toHaveText('OR sample');
  expect(messages).toEqual([]);
});

test('a run that was cut off goes on from its last save, on the GPU with the same plan', async ({ page }) => {
  await openPage(page);
  await openSample(page, 'Iris');
  await set(page, 'Steps', '200,000');
  await page.getByRole('radio', { name: 'WebGPU (software)' }).check({ force: true });
  await rememberSwitch(page).check();
  await button(page, 'Train').click();
  const saved = () => keptStep(page, 'run gpu');
  await expect.poll(saved, { timeout: 30_000 }).toBeGreaterThan(0);
  await reload(page);
  await expect(page.locator('table-card .file')).toHaveText('Iris sample');
  await expect(button(page, 'Continue')).toBeVisible();
  await expect(page.getByRole('radio', { name: 'WebGPU (software)' })).toBeChecked();
  const from = await stepCount(page);
  expect(from).toBeGreaterThan(0);
  await button(page, 'Step').click();
  await expect.poll(() => stepCount(page)).toBe(from + 1);
  await button(page, 'Forget everything').click();
});

/** Lets go of a file over a part of the page. */
async function drop(page: Page, target: string, content: string): Promise<void> {
  const data = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], 'dropped.csv', { type: 'text/csv' }));
    return transfer;
  }, content);
  await page.locator(target).dispatchEvent('dragover', { dataTransfer: data });
  await expect(page.locator('handgrad-page .drop')).toHaveCount(0);
  await page.locator(target).dispatchEvent('drop', { dataTransfer: data });
}

interface KeptRun {
  readonly step: number;
  readonly isOver: boolean;
  readonly isChecked: boolean;
}

/** A run as it stands in IndexedDB; undefined where there is none. */
async function keptRun(page: Page, key: string): Promise<KeptRun | undefined> {
  return page.evaluate(async (name) => {
    const names = (await indexedDB.databases()).map((database) => database.name);
    if (!names.includes('handgrad')) return undefined;
    const opening = indexedDB.open('handgrad');
    const database = await new Promise<IDBDatabase>((resolve) => {
      opening.onsuccess = () => resolve(opening.result);
    });
    const reading = database.transaction('kept').objectStore('kept').get(name);
    const run = await new Promise<
      { state: { step: number }; isOver: boolean; gradientCheck?: object } | undefined
    >((resolve) => {
      reading.onsuccess = () => resolve(reading.result as undefined);
    });
    database.close();
    return run && { step: run.state.step, isOver: run.isOver, isChecked: run.gradientCheck !== undefined };
  }, key);
}

async function keptStep(page: Page, key: string): Promise<number> {
  return (await keptRun(page, key))?.step ?? 0;
}

test('two tabs: one keeps, the other says so', async ({ page, context }) => {
  await openPage(page);
  await rememberSwitch(page).check();
  await train(page);
  await expect.poll(() => keptStep(page, 'run cpu')).toBe(10_000);
  const other = await context.newPage();
  await other.goto('/');
  await expect(notice(other)).toContainText('Another tab of this page already keeps');
  await expect(rememberSwitch(other)).not.toBeChecked();
  await page.close();
  await rememberSwitch(other).check();
  await expect(other.locator('remember-switch')).toContainText('Kept in this browser');
});

test('a link to another table leaves what is kept alone', async ({ page }) => {
  await openPage(page);
  await rememberSwitch(page).check();
  await train(page);
  await expect.poll(() => keptStep(page, 'run cpu')).toBe(10_000);
  await page.goto('about:blank');
  await page.goto('/#sample=iris');
  await expect(page.locator('table-card .file')).toHaveText('Iris sample');
  await expect(page.locator('remember-switch')).toContainText('Another table is kept on this device');
  await set(page, 'Steps', '20');
  await train(page);
  expect(await keptStep(page, 'run cpu')).toBe(10_000);
  await button(page, 'Forget everything').click();
  await expect(notice(page)).toContainText('Forgotten');
  expect(await leftOnDevice(page)).toEqual(nothing);
});

for (const [what, script] of [
  ['refused', `indexedDB.open = () => { throw new DOMException('Storage is off.', 'SecurityError'); };`],
  [
    'full',
    `IDBObjectStore.prototype.put = () => { throw new DOMException('It is full.', 'QuotaExceededError'); };`,
  ],
] as const) {
  test(`storage that is ${what} is a notice, and training works`, async ({ page }) => {
    await page.addInitScript(script);
    await openPage(page);
    await rememberSwitch(page).click();
    await expect(notice(page)).toContainText('This browser does not keep the page on this device');
    await expect(rememberSwitch(page)).not.toBeChecked();
    expect(await leftOnDevice(page)).toEqual(nothing);
    await train(page);
    await expect(page.locator('result-card')).toContainText('As the notebook recorded');
    await expect(region(page, 'Rows of the table')).toBeVisible();
  });
}
