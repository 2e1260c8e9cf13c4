import { beforeAll, describe, expect, it } from 'vitest';
import {
  certify,
  revealed,
  writeCertificate,
  writeJavaScript,
  writeModel,
  writeNumpy,
  writeOnnx,
  writeParameters,
  writePytorch,
  type ExportFormat,
} from '../../src/index.ts';
import { trainModel, type TrainedModel } from '../support/models.ts';

/** What a file is said to hold of the table, against what it holds. */

const CSV = [
  'sizecolumn,colourcolumn,ignoredcolumn,targetcolumn',
  ...Array.from({ length: 24 }, (_, i) => {
    return `${12345.671 + i},${i % 2 ? 'redcategory' : 'bluecategory'},${i},${i % 3 ? 'oneclass' : 'otherclass'}`;
  }),
].join('\n');
const NAME = 'table.csv';

describe.each([
  { of: 'a network', memberCount: undefined },
  { of: 'an ensemble', memberCount: 3 },
])('what a file of $of is said to reveal', ({ memberCount }) => {
  let trained: TrainedModel;
  beforeAll(async () => {
    trained = await trainModel({
      csv: CSV,
      columns: { ignore: ['ignoredcolumn'] },
      settings: { steps: 3 },
      ...(memberCount !== undefined && { memberCount }),
    });
  });

  const contents: Readonly<Record<ExportFormat, () => Promise<Uint8Array | string> | Uint8Array | string>> = {
    model: () => writeModel(trained.model),
    safetensors: () => writeParameters(trained.model),
    onnx: () => writeOnnx(trained.model),
    pytorch: () => writePytorch(trained.model),
    numpy: () => writeNumpy(trained.model),
    javascript: () => writeJavaScript(trained.model),
    certificate: async () => {
      const { model, dataset, result } = trained;
      const { trainingRows: _, digest: __, ...source } = model.table;
      return writeCertificate(await certify({ job: model.job, dataset, source, result }));
    },
  };

  // A certificate is of a run.
  const formats = (Object.keys(contents) as ExportFormat[]).filter(
    (format) => memberCount === undefined || format !== 'certificate',
  );
  it.each(formats)('is what it holds: %s', async (format) => {
    const content = await contents[format]();
    const text = typeof content === 'string' ? content : new TextDecoder().decode(content);
    const said = revealed(trained.model, format);
    const saysAll = said.includes('the names of all 4 columns');
    const saysInputs = said.includes('the names of 2 inputs and 1 target');
    expect(text.includes(NAME)).toBe(said.includes('its name'));
    expect(text.includes('ignoredcolumn')).toBe(saysAll);
    for (const name of ['sizecolumn', 'colourcolumn', 'targetcolumn']) {
      expect(text.includes(name)).toBe(saysAll || saysInputs);
    }
    for (const word of ['redcategory', 'bluecategory', 'oneclass', 'otherclass']) {
      expect(text.includes(word)).toBe(said.includes('4 categories and classes'));
    }
    const { digest } = trained.model.table;
    const holdsRows = text.includes('trainingRows') || text.includes('TRAINING_ROWS');
    expect(holdsRows).toBe(said.includes('which rows were trained on'));
    expect(text.includes(digest)).toBe(said.includes('a digest of its rows'));
    expect(text).not.toContain('12345.671');
  });
});
