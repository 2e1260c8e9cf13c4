import { expect, test, type Page } from '@playwright/test';
import { rmSync, writeFileSync } from 'node:fs';
import {
  button,
  choose,
  openFile,
  openPage,
  openSample,
  resultText,
  rows,
  set,
  showDetails,
  showSetting,
  train,
} from './support.ts';

/** What is given, and what the one sentence about it must say. */
const badTables: readonly (readonly [string, string | Buffer, RegExp])[] = [
  ['an empty file', '', /empty/],
  ['a header only', 'a,b\n', /0 rows/],
  ['ragged rows', 'a,b\n1,2\n1,2,3\n', /data row 2 has 3/],
  ['a file that is not text', Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0, 255]), /not text/],
];

const badSettings: readonly (readonly [string, string, RegExp])[] = [
  ['Steps', '2.000', /not “2\.000”: write 2000\./],
  ['Steps', '0', /Steps must be a whole number from 1 to 33,554,432, not “0”/],
  ['Steps', '2.5', /not “2\.5”/],
  ['Steps', '1e300', /not “1e300”/],
  ['Learning rate', '0', /above 0/],
  ['Learning rate', '-1', /not “-1”/],
  ['Learning rate', 'NaN', /not “NaN”/],
  [
    'Hidden layers, units',
    '3, 0',
    /Units of hidden layer 2 must be a whole number from 1 to 65,536, not “0”/,
  ],
  ['Hidden layers, units', '1e9', /not “1e9”/],
  ['Seed', '4294967296', /from 0 to 4,294,967,295/],
  ['Seed', '-1', /not “-1”/],
];

const sampleRows = [
  ['1', '0', '0', '0'],
  ['2', '0', '1', '1'],
  ['3', '1', '0', '1'],
  ['4', '1', '1', '1'],
];

async function expectRefusal(page: Page, sentence: RegExp): Promise<void> {
  await expect(page.getByRole('alert').filter({ hasText: 'Error.' })).toContainText(sentence);
}

test('a bad table gets one sentence, and what was there stays', async ({ page }) => {
  const noise = await openPage(page);
  await train(page);
  const verdict = await resultText(page);
  for (const [what, content, sentence] of badTables) {
    await test.step(what, async () => {
      await openFile(page, content);
      await expectRefusal(page, sentence);
      await expectRefusal(page, /Error\. table\.csv: .*The table on the page \(OR sample\) stays\./);
      expect(await rows(page, 'Rows of the table')).toEqual(sampleRows);
      expect(await resultText(page)).toBe(verdict);
      await button(page, 'Dismiss').click();
    });
  }
  expect(noise.messages).toEqual([]);
});

test('50 MB of commas are refused while the page stays alive', async ({ page }, testInfo) => {
  const path = testInfo.outputPath('commas.csv');
  writeFileSync(path, Buffer.alloc(50e6, ','));
  try {
    await openPage(page);
    await page.locator('table-card input[type=file]').setInputFiles(path);
    await expectRefusal(page, /column|cell/);
    expect(await rows(page, 'Rows of the table')).toEqual(sampleRows);
    await button(page, 'Dismiss').click();
    await train(page);
  } finally {
    rmSync(path);
  }
});

test('markup and names like __proto__ are text', async ({ page }) => {
  const noise = await openPage(page);
  await page.evaluate(() => Object.assign(globalThis, { alert: () => console.error('markup ran') }));
  const names = ['<img src=x onerror=alert(1)>', '__proto__', 'constructor', '<script>alert(2)</script>'];
  await openFile(page, `${names.join(',')}\n0,1,0,1\n1,0,1,0\n`, '<b onclick=alert(3)>.csv');
  const shown = page.locator('table-card thead .name');
  await expect(shown).toHaveText(names);
  await expect(page.locator('table-card .file')).toHaveText('<b onclick=alert(3)>.csv');
  expect(await page.locator('table-card :is(img, script, b)').count()).toBe(0);
  await train(page);
  await expect(page.locator('result-card')).toContainText('The gradients agree with finite differences');

  // And in a cell: it is quoted in the sentence, as text.
  await openFile(page, 'a,b\n1,<img src=x onerror=alert(4)>\n');
  await expect(page.locator('table-card .problem')).toContainText('<img src=x onerror=alert(4)>');
  expect(noise.messages).toEqual([]);
});

test('a table can be pasted; what is wrong with it is said in the dialog', async ({ page }) => {
  await openPage(page);
  await button(page, 'Paste').click();
  const text = page.getByRole('textbox', { name: 'CSV, or cells copied' });
  await text.fill('x,y\n1,2,3\n');
  await button(page, 'Use this table').click();
  await expect(page.getByRole('dialog')).toContainText('data row 1 has 3 cells');
  await text.fill('x;y\n1;2\n3;4\n');
  await button(page, 'Use this table').click();
  await expect(page.getByRole('dialog')).toBeHidden();
  expect(await rows(page, 'Rows of the table')).toEqual([
    ['1', '2'],
    ['3', '4'],
  ]);
  await openSample(page, 'OR');
  await expect(page.locator('table-card tbody tr')).toHaveCount(4);
});

test('a file can be dropped anywhere', async ({ page }) => {
  await openPage(page);
  await page.locator('loss-card').evaluate((target, csv) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([csv], 'dropped.csv'));
    for (const type of ['dragover', 'drop']) {
      target.dispatchEvent(
        new DragEvent(type, { dataTransfer, bubbles: true, composed: true, cancelable: true }),
      );
    }
  }, 'x,y\n5,6\n');
  await expect(page.locator('table-card .file')).toHaveText('dropped.csv');
  expect(await rows(page, 'Rows of the table')).toEqual([['5', '6']]);
  await expect(page.locator('table-card .problem')).toContainText('"y" is "6" in the only row');
});

test('a bad setting gets one sentence at its field; the last valid run stays', async ({ page }) => {
  await openPage(page);
  await train(page);
  const verdict = await resultText(page);
  for (const [field, value, sentence] of badSettings) {
    await test.step(`${field}: ${value}`, async () => {
      const box = await showSetting(page, field);
      const before = await box.inputValue();
      await set(page, field, value);
      await expect(page.locator('settings-form [role=alert]:visible')).toHaveText(sentence);
      await button(page, 'Train').click();
      await expect(box).toBeFocused();
      expect(await resultText(page)).toBe(verdict);
      await set(page, field, before);
      await expect(page.locator('settings-form [role=alert]:visible')).toHaveCount(0);
    });
  }
});

test('a network that does not fit is refused with the number and the limit', async ({ page }) => {
  await openPage(page);
  await set(page, 'Hidden layers, units', '65536, 65536');
  await button(page, 'Train').click();
  await expectRefusal(page, /4,29\d,\d{3},\d{3} parameters.*need/);
  await page.getByRole('radio', { name: 'WebGPU (software)' }).check({ force: true });
  await button(page, 'Train').click();
  await expectRefusal(page, /\d{1,3}(,\d{3})+.*(narrower|fewer|smaller)/i);
  await expect(button(page, 'Train')).toBeEnabled();
});

test('a run that diverges says so in words', async ({ page }) => {
  const noise = await openPage(page);
  await set(page, 'Learning rate', '1e6');
  await set(page, 'Steps', '50');
  for (const name of ['Activation', 'Output activation']) await choose(page, name, 'linear');
  await train(page);
  const sentence = page.locator('result-card p').first();
  await expect(sentence).toHaveText(
    /^\s*Warning\.\s*The run diverged at step \d+: the learning rate 1000000 is too high for this table; lower it\./,
  );
  for (const tab of ['Predictions', 'Weights', 'Log', 'Checks', 'Measures', 'Timing']) {
    await showDetails(page, tab);
    if (tab !== 'Log') await expect(page.locator('details-card')).not.toContainText('not a number');
  }
  // A long run does not go on where there is nothing left to train, and the chart ends where the numbers do.
  await set(page, 'Steps', '20,000,000');
  await set(page, 'Learning rate', '50');
  await train(page);
  await expect(sentence).toContainText(/The run diverged at step [\d,]+: the learning rate 50 is too high/);
  await expect(page.locator('run-card')).toContainText('· diverged');
  await expect(
    page.getByRole('img', { name: /CPU · float64: from .* to where it diverged, at step/ }),
  ).toBeVisible();
  expect(noise.messages).toEqual([]);
});
