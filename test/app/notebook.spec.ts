import { expect, test } from '@playwright/test';
import { errorLine } from '../../src/core/log.ts';
import { notebookRecord } from '../../src/core/notebook.ts';
import { logLines, numberIn, openPage, predictionRows, region, rows, showDetails, train } from './support.ts';

test('one press of Train reproduces the notebook', async ({ page }) => {
  const noise = await openPage(page);
  expect(await rows(page, 'Rows of the table')).toEqual([
    ['1', '0', '0', '0'],
    ['2', '0', '1', '1'],
    ['3', '1', '0', '1'],
    ['4', '1', '1', '1'],
  ]);
  await train(page);

  const expected = notebookRecord.losses.map((loss, index) => errorLine(index * 1000, loss));
  expect(await logLines(page, 'cpu')).toEqual(expected);

  await showDetails(page, 'Predictions');
  const predictions = (await predictionRows(page, 4)).map((row) => row.slice(-2));
  expect(predictions).toEqual([
    ['0.334522', '−0.334522'],
    ['0.846053', '0.153947'],
    ['0.849022', '0.150978'],
    ['0.925358', '0.074642'],
  ]);

  await showDetails(page, 'Weights');
  const initial = await page.locator('table[data-when=initial] td').allInnerTexts();
  expect(initial.slice(0, 3)).toEqual(['0.41702200', '0.72032449', '0.00011437']);
  const final = await page.locator('table[data-when=final] td').allInnerTexts();
  expect(final).toEqual(notebookRecord.parameters.map((value) => value.toFixed(8).replace('-', '−')));

  await showDetails(page, 'Notebook');
  await expect(page.locator('result-card')).toContainText('As the notebook recorded');
  const record = await rows(page, 'Notebook’s record');
  expect(record[0].slice(0, 3)).toEqual(['10,000 steps', '2.1 s', '10.3 s']);
  expect(record).toHaveLength(1 + 10 + 9 + 4);
  // Ours agrees with both in every digit shown.
  for (const [, numpy, pytorch, ours] of record.slice(1)) expect([pytorch, ours]).toEqual([numpy, numpy]);

  await showDetails(page, 'Timing');
  const [timing] = await rows(page, 'Timing');
  expect(timing[0]).toContain('CPU · float64');
  expect(timing[1]).toBe('10,000');
  expect(numberIn(timing[8])).toBeGreaterThan(1000);
  await expect(page.locator('timing-panel')).toContainText('The clock here steps by 5 µs');
  expect(noise.messages).toEqual([]);
});

test('Measure repeats a run warm and gives median and spread', async ({ page }) => {
  await openPage(page);
  await train(page);
  await showDetails(page, 'Timing');
  await page.getByRole('button', { name: 'Measure' }).click();
  const figures = region(page, 'Timing').locator('td.tall');
  await expect(figures).toHaveText(/ms.*ms/, { timeout: 30_000 });
  // `4.540 ms`, and below it `1.170–13.60 ms`.
  const [median, fastest, slowest] = [...(await figures.innerText()).matchAll(/[\d.,]+/g)].map(([figure]) =>
    numberIn(figure),
  );
  expect(fastest).toBeLessThanOrEqual(median);
  expect(median).toBeLessThanOrEqual(slowest);
  await expect(page.locator('result-card')).toContainText(', warm: ');
});
