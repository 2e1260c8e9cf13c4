import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { initialParametersFile, tableText, trainArguments } from '../support/torch-command.ts';
import { torchCases } from '../support/torch-cases.ts';
import { handgrad, objectOf, type RunObject } from './support.ts';

/** What a person types comes to PyTorch's losses: each of its batch, before the update. */

const folder = mkdtempSync(join(tmpdir(), 'handgrad-torch-'));
afterAll(() => rmSync(folder, { recursive: true }));

const cases = torchCases.flatMap((golden, i) => {
  const files = { table: join(folder, `${i}.csv`), parameters: join(folder, `${i}.safetensors`) };
  const args = trainArguments(golden, files);
  return args ? [{ ...golden, files, args }] : [];
});
const shown = process.env.HANDGRAD_FULL === '1' ? cases : cases.filter((_, i) => i % 8 === 0);

test.each(shown)('$name', async (golden) => {
  writeFileSync(golden.files.table, tableText(golden));
  writeFileSync(golden.files.parameters, initialParametersFile(golden));
  const { losses } = objectOf(await handgrad(golden.args)) as RunObject;
  expect(losses.length).toBe(golden.losses.length);
  const worst = losses.reduce(
    (most, [step, loss]) => Math.max(most, Math.abs(loss / golden.losses[step] - 1)),
    0,
  );
  console.log(`${golden.name}: ${worst.toExponential(1)}`);
  expect(worst).toBeLessThanOrEqual(1e-9);
});
