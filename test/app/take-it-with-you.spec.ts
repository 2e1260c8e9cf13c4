import { expect, test, type Download, type Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { readModel } from '../../src/exchange/model-file.ts';
import { runOnnx } from '../support/onnx.ts';
import {
  button,
  leftOnDevice,
  nothing,
  notice,
  openFile,
  openPage,
  openSample,
  pets,
  resultText,
  rows,
  saveScreens,
  set,
  showDetails,
  train,
  untilIdle,
} from './support.ts';

async function download(page: Page, name: string): Promise<Download> {
  const [file] = await Promise.all([page.waitForEvent('download'), button(page, name).click()]);
  return file;
}

async function contentOf(file: Download): Promise<Buffer> {
  return readFileSync(await file.path());
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
  // What was predicted of another row does not stand beside this one.
  await expect(page.locator('predict-panel answer-view')).toHaveCount(0);
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
  const certificate = await contentOf(await download(page, 'Download Certificate'));
  expect(noise.messages).toEqual([]);
  expect(await leftOnDevice(page)).toEqual(nothing);

  await test.step('the model file on a fresh page', async () => {
    const other = await context.newPage();
    await openPage(other);
    await openFile(other, bytes.subarray(0, 900), 'cut.safetensors');
    await expect(other.getByRole('alert').filter({ hasText: 'Error.' })).toContainText('cut.safetensors: ');
    await expect(other.locator('model-card')).toBeHidden();
    await openFile(other, certificate, 'certificate.json');
    await expect(other.getByRole('alert').filter({ hasText: 'Error.' })).toContainText(
      'certificate.json: This is a certificate; handgrad verify repeats it',
    );
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
    await openFile(other, 'a,b\n1,2\n2,3\n', 'another.csv');
    await expect(card).toContainText(
      'The open table is not the one it was trained on (pets of 2026.csv, 60 rows).',
    );
    await card.getByRole('button', { name: 'Predict the open table' }).click();
    await expect(card.locator('rows-panel .fails')).toContainText('The table lacks the columns');
    await openFile(other, pets(60), 'the same again.csv');
    await expect(card.locator('rows-panel .fails')).toHaveCount(0);
    await card.getByLabel('Steps more').fill('500');
    await button(other, 'Continue training').click();
    await untilIdle(other);
    // The network is now that of Details.
    await expect(card).toBeHidden();
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
  // Seconds each, with so many fields.
  if (process.env.HANDGRAD_FULL) await saveScreens(page, 'digits');
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
