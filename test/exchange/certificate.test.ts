import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { certify } from '../../src/certify.ts';
import { InputError } from '../../src/core/errors.ts';
import { readCertificate, writeCertificate, type Certificate } from '../../src/exchange/certificate.ts';
import {
  inferColumns,
  jobOf,
  prepareDataset,
  readTable,
  suggestedSettings,
  trainOnce,
  usualOptions,
} from '../../src/index.ts';
import { verifyCertificate, type Verification } from '../../src/verify-certificate.ts';
import { mixedColumns, mixedTable, trainModel } from '../support/models.ts';
import { alterLeaf, leafAt, leavesOf, type Path } from '../support/tampering.ts';

const RUNS = process.env.HANDGRAD_FULL ? 100_000 : 10_000;

const CSV = mixedTable('binary', 60);
let text: string;

beforeAll(async () => {
  const csv = mixedTable('binary', 60);
  const trained = await trainModel({
    csv,
    columns: mixedColumns('binary'),
    settings: { hidden: [3], steps: 30 },
  });
  const { model, dataset, result } = trained;
  const { trainingRows: _, digest: __, ...source } = model.table;
  text = await writeCertificate(await certify({ job: model.job, dataset, source, result }));
});

/** What comes of a certificate; what cannot be read does not hold. */
async function outcomeOf(certificate: string, csv: string = CSV): Promise<Verification | 'refused'> {
  try {
    const read = await readCertificate(certificate);
    const table = await readTable(csv, { format: read.certificate.table.format });
    return await verifyCertificate(read, table, { adapter: null });
  } catch (error) {
    if (error instanceof Error && error.name.endsWith('Error') && error instanceof InputError)
      return 'refused';
    if (error instanceof Error && error.name === 'RefusalError') return 'refused';
    throw error;
  }
}

const holdsOf = (outcome: Verification | 'refused') => outcome !== 'refused' && outcome.holds;

/** Another value of the same kind: one digit, one letter, the other of two. */
function otherThan(value: unknown): unknown {
  if (typeof value === 'number') {
    const digits = String(value).replace(/\d(?=\D*$)/, (digit) => String((Number(digit) + 1) % 10));
    return Number(digits) === value ? value + 1 : Number(digits);
  }
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'string')
    return value.length > 0 ? `${value.slice(0, -1)}${value.endsWith('0') ? '1' : '0'}` : 'x';
  return 1;
}

/** The certificate with one leaf altered and the seal made anew, as a forger would; undefined if it cannot be read. */
async function resealed(altered: unknown): Promise<string | undefined> {
  try {
    const { certificate } = await readCertificate(JSON.stringify(altered));
    return await writeCertificate(certificate);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

describe('an honest certificate', () => {
  it('holds on its table, bit for bit, and says what was looked at', async () => {
    const outcome = await outcomeOf(text);
    expect(outcome).toMatchObject({ holds: true, isExact: true });
    const { checks } = outcome as Verification;
    expect(checks.filter(({ holds }) => holds === true).length).toBe(checks.length - 1);
  });

  it('holds laid out in another way', async () => {
    expect(holdsOf(await outcomeOf(JSON.stringify(JSON.parse(text))))).toBe(true);
  });

  it('does not hold on a table with another cell, a row less, or other words behind the same numbers', async () => {
    const lines = CSV.trim().split('\n');
    const other = CSV.replace(
      /^(\d+\.\d\d)\d/m,
      (_, most: string) => `${most}${CSV.includes(`${most}1`) ? 2 : 1}`,
    );
    expect(other).not.toBe(CSV);
    const renamed = [CSV.replaceAll(',yes', ',yess'), CSV.replaceAll(',red,', ',redder,')];
    for (const changed of [other, `${lines.slice(0, -1).join('\n')}\n`, ...renamed]) {
      const outcome = await outcomeOf(text, changed);
      expect(holdsOf(outcome)).toBe(false);
      expect((outcome as Verification).checks.find(({ what }) => what === 'table')?.holds).toBe(false);
    }
  });
});

describe('a certificate that is repeated with another engine', () => {
  let early: Certificate;
  const verified = async (certificate: Certificate) =>
    outcomeOf(await writeCertificate({ ...certificate, engine: 'V8 0' }));

  beforeAll(async () => {
    const table = await readTable(CSV);
    const plans = inferColumns(table, mixedColumns('binary'));
    const options = { ...usualOptions(table.rowCount), validation: 0.3 };
    const dataset = prepareDataset(table, plans, options);
    const { task, training, validation } = dataset;
    const settings = { ...suggestedSettings(task, training.rowCount), learningRate: 0.1, steps: 800 };
    const job = jobOf({ ...settings, hidden: [6] }, training.outputCount);
    const result = await trainOnce('cpu', job, training, {
      ...(validation && { validation: { data: validation, patience: 2 } }),
    });
    const { format, rowCount } = table;
    const source = { name: 'mixed', format, columns: plans, options, rowCount };
    early = await certify({ job, dataset, source, patience: 2, result });
  });

  it('holds though it ended early and went back to its best', async () => {
    const { steps, parametersStep } = early.result;
    expect(steps).toBeLessThan(early.job.steps);
    expect(parametersStep).toBeLessThan(steps);
    expect(await verified(early)).toMatchObject({ holds: true, isExact: false });
  });

  it('fails with another loss, also behind its best step', async () => {
    const { result } = early;
    const losses = result.losses.map(([step, loss]): [number, number] => [step, 1.0001 * loss]);
    for (const other of [{ finalLoss: 1.0001 * result.finalLoss }, { losses }]) {
      expect(await verified({ ...early, result: { ...result, ...other } })).toMatchObject({ holds: false });
    }
  });

  it('is refused where it contradicts itself, sealed or not', async () => {
    const { result, job } = early;
    const adapter = { vendor: 'a', architecture: 'b', description: 'c', isFallback: false };
    const others: Certificate[] = [
      { ...early, adapter },
      { ...early, plan: { strategy: 'layered', matmul: 'simple' } },
      { ...early, patience: null },
      { ...early, result: { ...result, losses: [...result.losses, [999_999, 0.1]] } },
      { ...early, result: { ...result, losses: [[1, 0.1]] } },
      { ...early, result: { ...result, parametersStep: 0 } },
      { ...early, result: { ...result, parametersStep: result.steps + 1 } },
      { ...early, result: { ...result, steps: job.steps + 1 } },
    ];
    for (const other of others) {
      const written = await writeCertificate({ ...other, engine: 'V8 0' });
      await expect(readCertificate(written)).rejects.toThrow('contradicts itself');
    }
  });
});

describe('a certificate that was altered', () => {
  it('fails at every field', async () => {
    const certificate = JSON.parse(text) as unknown;
    const paths = leavesOf(certificate);
    expect(paths.length).toBeGreaterThan(70);
    for (const path of paths) {
      const altered = alterLeaf(certificate, path, otherThan(leafAt(certificate, path)));
      expect({ path, holds: holdsOf(await outcomeOf(JSON.stringify(altered))) }).toEqual({
        path,
        holds: false,
      });
    }
  });

  it('fails at every field that a run depends on, though it was sealed again', async () => {
    const certificate = JSON.parse(text) as unknown;
    const taken: string[] = [];
    for (const path of leavesOf(certificate)) {
      if (path[0] === 'seal') continue;
      const altered = alterLeaf(certificate, path, otherThan(leafAt(certificate, path)));
      const sealed = await resealed(altered);
      if (sealed !== undefined && holdsOf(await outcomeOf(sealed))) taken.push(named(path));
    }
    // What no repetition can show: who made it, what the table is called, and a patience that was never tried.
    expect(taken.toSorted()).toEqual(['engine', 'madeBy', 'patience', 'table.name']);
  });

  it(`${RUNS.toLocaleString('en-US')} damaged ones are read or refused with a sentence`, async () => {
    const damage = fc.record({
      at: fc.nat(text.length - 1),
      some: fc.string({ maxLength: 5 }),
      cut: fc.nat(5),
    });
    let takenCount = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), async (damages) => {
        let damaged = text;
        for (const { at, some, cut } of damages)
          damaged = damaged.slice(0, at) + some + damaged.slice(at + cut);
        try {
          const { isSealed, certificate } = await readCertificate(damaged);
          takenCount++;
          if (isSealed) expect(certificate).toEqual((await readCertificate(text)).certificate);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: RUNS, seed: 7 },
    );
    expect(takenCount).toBeLessThan(RUNS / 2);
  });
});

function named(path: Path): string {
  return path.join('.');
}
