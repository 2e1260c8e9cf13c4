import { expect, test } from 'vitest';
import { writeJavaScript } from '../../src/exchange/javascript.ts';
import { readTensorFile } from '../../src/exchange/safetensors.ts';
import { writeModel, writeParameters } from '../../src/exchange/model-file.ts';
import { writeNumpy } from '../../src/exchange/numpy.ts';
import { writeOnnx } from '../../src/exchange/onnx.ts';
import { writePytorch } from '../../src/exchange/pytorch.ts';
import { exportFormats, revealed } from '../../src/exchange/reveals.ts';
import type { Model } from '../../src/index.ts';
import { trainModel } from '../support/models.ts';

/** Words that stand in one place of the table alone, each of another kind. */
const words = {
  name: 'table.csv',
  input: 'distinctInput',
  ignored: 'distinctIgnored',
  category: 'distinctCategory',
  class: 'distinctClass',
  /** A cell of an ignored column: no file may hold it. */
  cell: 'distinctCell',
};
const rows = Array.from({ length: 30 }, (_, row) =>
  [row, row % 2 === 0 ? words.category : 'b', `${words.cell}${row}`, row % 3 === 0 ? words.class : 'no'].join(
    ',',
  ),
);
const csv = `${words.input},second,${words.ignored},answer\n${rows.join('\n')}\n`;

const writers: Record<string, (model: Model) => Uint8Array | string> = {
  model: writeModel,
  safetensors: writeParameters,
  onnx: writeOnnx,
  pytorch: writePytorch,
  numpy: writeNumpy,
  javascript: writeJavaScript,
};

test.each(Object.keys(writers))(
  'what a file says of the table is what it says it does: %s',
  async (format) => {
    const { model } = await trainModel({ csv, columns: { ignore: [words.ignored] } });
    const written = writers[format](model);
    const text = typeof written === 'string' ? written : new TextDecoder('latin1').decode(written);
    const sentence = revealed(model, exportFormats.find((name) => name === format) ?? 'model');
    const holds = Object.fromEntries(
      Object.entries(words).map(([kind, word]) => [kind, text.includes(word)]),
    );
    expect(holds.cell).toBe(false);
    expect(holds.name).toBe(sentence.includes('its name'));
    expect(holds.ignored).toBe(sentence.includes('the names of all 4 columns'));
    expect(holds.input).toBe(/names of (2 inputs|all 4 columns)/.test(sentence));
    expect(holds.category).toBe(sentence.includes('4 categories and classes'));
    expect(holds.class).toBe(sentence.includes('4 categories and classes'));
  },
);

test('the weights alone say nothing of the table', async () => {
  const { model } = await trainModel({ csv, columns: { ignore: [words.ignored] } });
  expect(readTensorFile(writeParameters(model)).metadata.size).toBe(0);
});
