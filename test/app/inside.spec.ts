import { expect, test, type Page } from '@playwright/test';
import { cpuBackend } from '../../src/cpu/cpu-trainer.ts';
import { notebookJob, notebookRecord } from '../../src/core/notebook.ts';
import { orData } from '../support/jobs.ts';
import { peakMemory } from './peak-memory.ts';
import { button, numberIn, openPage, openSample, saveScreens, set, untilIdle } from './support.ts';

const slider = (page: Page) => page.getByRole('slider', { name: 'Step that is shown' });
const stepField = (page: Page) => page.getByRole('textbox', { name: 'Step', exact: true });

async function show(page: Page, name: string): Promise<void> {
  await page.getByRole('link', { name, exact: true }).click();
}

/** Of the page that is shown: the Train page has the same button, and is left a moment later. */
async function pressTrain(page: Page): Promise<void> {
  await page.locator('inside-view').getByRole('button', { name: 'Train', exact: true }).click();
}

/** What the network says of the rows of the table, as the page shows it. */
async function answers(page: Page): Promise<number[]> {
  const cells = page.locator('row-answers tbody tr td.predicted');
  return (await cells.allInnerTexts()).map((text) => numberIn(text.replace(/^wrong:/, '').trim()));
}

/** What training that far comes to, to the page's four decimals. */
async function expectedAnswers(step: number): Promise<number[]> {
  const trainer = await cpuBackend.createTrainer(notebookJob, orData);
  await trainer.train(step);
  return Array.from(await trainer.predict(orData.inputs), (value) => Number(value.toFixed(4)));
}

test('every step of the run is a slider away, and the run can be replayed', async ({ page }) => {
  const noise = await openPage(page);
  await show(page, 'Inside');
  await expect.poll(() => answers(page)).toEqual(await expectedAnswers(0));
  await expect(slider(page)).toBeDisabled();
  await pressTrain(page);
  await expect.poll(() => answers(page)).toEqual(await expectedAnswers(10_000));
  expect(await answers(page)).toEqual(notebookRecord.predictions.map((value) => Number(value.toFixed(4))));

  for (const step of [5000, 1, 9999]) {
    await stepField(page).fill(String(step));
    await stepField(page).blur();
    await expect.poll(() => answers(page)).toEqual(await expectedAnswers(step));
    await expect(slider(page)).toHaveValue(String(step));
  }
  await stepField(page).fill('10,001');
  await stepField(page).blur();
  await expect(
    page.getByText('The step must be a whole number from 0 to 10,000, not “10,001”.'),
  ).toBeVisible();
  await slider(page).focus();
  await page.keyboard.press('End');
  await expect(stepField(page)).toHaveValue('10,000');
  await page.keyboard.press('Home');
  await expect.poll(() => answers(page)).toEqual(await expectedAnswers(0));
  await page.keyboard.press('ArrowRight');
  await expect(stepField(page)).toHaveValue('50');
  await expect.poll(() => answers(page)).toEqual(await expectedAnswers(50));

  await button(page, 'Replay').click();
  await expect(page.locator('time-slider').getByRole('button', { name: 'Pause', exact: true })).toBeVisible();
  await expect(button(page, 'Replay')).toBeVisible({ timeout: 30_000 });
  await expect.poll(() => answers(page)).toEqual(await expectedAnswers(10_000));
  await expect(stepField(page)).toHaveValue('10,000');
  expect(noise.messages).toEqual([]);
});

test('a weight that is changed answers at once, and is undone; the run stays as it is', async ({ page }) => {
  await openPage(page);
  await show(page, 'Inside');
  await pressTrain(page);
  const trained = await expectedAnswers(10_000);
  await expect.poll(() => answers(page)).toEqual(trained);
  await page.getByText('Parameters as a table').click();
  // v₁₁ by keyboard alone.
  const field = page.locator('parameter-table input').first();
  await field.fill('-3');
  await field.press('Enter');
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  const weights: number[] = [...notebookRecord.parameters];
  weights[0] = -3;
  const [v11, v12, v13, v21, v22, v23, w1, w2, w3] = weights;
  const changed = [0, 1, 2, 3].map((row) => {
    const [x1, x2] = orData.inputs.subarray(2 * row, 2 * row + 2);
    const g = [x1 * v11 + x2 * v21, x1 * v12 + x2 * v22, x1 * v13 + x2 * v23].map(sigmoid);
    return Number(sigmoid(g[0] * w1 + g[1] * w2 + g[2] * w3).toFixed(4));
  });
  await expect.poll(() => answers(page)).toEqual(changed);
  await page.keyboard.press('Control+z');
  await expect.poll(() => answers(page)).toEqual(trained);
  await page.keyboard.press('Control+Shift+z');
  await expect.poll(() => answers(page)).toEqual(changed);
  await button(page, 'Back to the trained ones').click();
  await expect.poll(() => answers(page)).toEqual(trained);
});

test('a row flows through the network', async ({ page }) => {
  await openPage(page);
  await show(page, 'Inside');
  await pressTrain(page);
  await expect.poll(() => answers(page)).toEqual(await expectedAnswers(10_000));
  await page.locator('row-answers tbody tr').nth(3).focus();
  // g₁₁ … g₃₁ and f of the row (1, 1), as the picture writes them.
  const [v11, v12, v13, v21, v22, v23] = notebookRecord.parameters;
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  for (const unit of [v11 + v21, v12 + v22, v13 + v23].map(sigmoid)) {
    await expect(page.locator('network-diagram[size=large]')).toContainText(unit.toPrecision(3));
  }
  await page.keyboard.press('ArrowUp');
  await expect(page.locator('network-diagram[size=large]')).toContainText(sigmoid(v11).toPrecision(3));
});

test('what the network answers all over the plane stands in a picture and in a table', async ({ page }) => {
  await openPage(page);
  await show(page, 'Inside');
  await pressTrain(page);
  await expect.poll(() => answers(page)).toEqual(await expectedAnswers(10_000));
  for (const step of [10_000, 2000]) {
    const trainer = await cpuBackend.createTrainer(notebookJob, orData);
    await trainer.train(step);
    await stepField(page).fill(String(step));
    await stepField(page).blur();
    const table = page.locator('boundary-picture table');
    await expect(table.locator('tbody tr')).toHaveCount(5);
    const x = (await table.locator('thead th').allInnerTexts())
      .slice(1)
      .map((text) => numberIn(text.split(' ')[1]));
    const y = (await table.locator('tbody th').allInnerTexts()).map(numberIn);
    const inputs = Float64Array.from(y.flatMap((up) => x.flatMap((across) => [across, up])));
    const expected = await trainer.predict(inputs);
    await expect
      .poll(async () => {
        const texts = await table.locator('td').allInnerTexts();
        const shown = texts.map((text) => numberIn(text.replace('%', '').trim()) / 100);
        return Math.max(...shown.map((value, i) => Math.abs(value - expected[i])));
      })
      // Both the places and the answers are rounded.
      .toBeLessThan(2e-3);
  }
  // The other way round.
  await page.getByLabel('Across').selectOption('input2');
  await expect(page.getByLabel('Up')).toHaveValue('input1');
  await expect(page.locator('boundary-picture caption')).toContainText(
    'where input1 (rows) and input2 (columns) are',
  );
});

test('what happened inside stands in maps and tables, and dead units are spoken of', async ({ page }) => {
  await openPage(page);
  await openSample(page, 'Two spirals');
  await show(page, 'Inside');
  await pressTrain(page);
  await untilIdle(page);
  const figures = page.locator('spread-picture table').last();
  await expect(figures.locator('tbody tr')).toHaveCount(3);
  await expect(page.locator('spread-plot')).toHaveCount(9);
  await saveScreens(page, 'inside');
});

test('a run of 200,000 steps is looked at from end to end in bounded memory', async ({ browser, page }) => {
  test.slow();
  await openPage(page);
  await set(page, 'Hidden layers, units', '16,16');
  await set(page, 'Steps', '200,000');
  await show(page, 'Inside');
  await pressTrain(page);
  await untilIdle(page, 60_000);
  const before = await peakMemory(browser);
  for (const step of [100_000, 199_999, 0, 123_456]) {
    await stepField(page).fill(String(step));
    await stepField(page).blur();
    await expect(page.locator('time-slider p').first()).toContainText(`Step ${step.toLocaleString('en-US')}`);
    await expect(async () => {
      const shown = await page.evaluate(
        () =>
          (
            document.querySelector('handgrad-page') as unknown as {
              page: { inside: { frame?: { step: number } } };
            }
          ).page.inside.frame?.step,
      );
      expect(shown).toBe(step);
    }).toPass({ timeout: 20_000 });
  }
  await button(page, 'Replay').click();
  await expect(button(page, 'Replay')).toBeVisible({ timeout: 60_000 });
  const after = await peakMemory(browser);
  const mebibytes = (bytes: number) => Math.round(bytes / 2 ** 20);
  console.log(
    `memory of page and worker: ${mebibytes(before)} MiB trained, ${mebibytes(after)} MiB replayed`,
  );
  // 32 MiB of snapshots, as many of moments and curves, and what the browser takes anyway.
  expect(after).toBeLessThan(400 * 2 ** 20);
});
