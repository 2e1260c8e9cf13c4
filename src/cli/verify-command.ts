import type { Command } from 'commander';
import {
  describeGpu,
  HandgradError,
  InputError,
  readCertificate,
  readTable,
  verifyCertificate,
  type Adapter,
  type Certificate,
  type SampleId,
  type Verification,
} from '../index.ts';
import { requireGpu } from './dawn.ts';
import { readBytes } from './model-flags.ts';
import { notice, print } from './output.ts';
import { jsonText } from './run-json.ts';
import { sampleOption } from './table-flags.ts';
import { textTable } from './text-table.ts';
import { openSource } from './train-data.ts';
import { inOneLine } from './wording.ts';

interface VerifyFlags {
  readonly sample?: SampleId;
  readonly json?: true;
}

/** Adds `handgrad verify`. */
export function addVerifyCommand(program: Command, signal: AbortSignal): void {
  program
    .command('verify')
    .summary('repeat a certified run and say whether it holds')
    .description(
      'Trains the job of a certificate again on its table and holds every figure to what comes of it: bit for bit on the ' +
        'adapter and engine it was made on, within rounding elsewhere. Exit status 1 if it does not hold.',
    )
    .argument('<certificate>', 'a file that train --certificate wrote')
    .argument('[file]', 'the table, or - to read it from standard input')
    .addOption(sampleOption())
    .option('--json', 'print one JSON object instead of text')
    .action((path: string, file: string | undefined, flags: VerifyFlags) =>
      verify(path, file, flags, signal),
    );
}

async function verify(
  path: string,
  file: string | undefined,
  flags: VerifyFlags,
  signal: AbortSignal,
): Promise<void> {
  const bytes = await readBytes(path, 'a certificate that --certificate wrote');
  const read = await readCertificate(decode(bytes));
  const { text: source } = await openSource(file, flags, signal);
  const table = await readTable(source, { signal, format: read.certificate.table.format });
  const verification = await verifyCertificate(read, table, {
    adapter: await adapterFor(read.certificate),
    signal,
  });
  await print(flags.json ? jsonText(verification) : verificationText(verification));
  const failed = verification.checks.filter(({ holds }) => holds === false).map(({ what }) => what);
  if (failed.length > 0) throw new HandgradError(`Not as the certificate says: ${failed.join(', ')}.`);
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InputError('The certificate is not text in UTF-8. Name the file that --certificate wrote.');
  }
}

/** What a GPU run can be repeated on; null where there is none. */
async function adapterFor({ adapter }: Certificate): Promise<Adapter | null> {
  if (!adapter) return null;
  try {
    await requireGpu();
  } catch (error) {
    if (!(error instanceof HandgradError)) throw error;
    notice(
      `The run was made on a GPU, and there is none here: it is repeated on the CPU. ${error.message.replace(' Or use --backend cpu.', '')}`,
    );
    return null;
  }
  return (await describeGpu()).adapter;
}

function verificationText({ holds, isExact, checks }: Verification): string {
  const rows = checks.map(({ what, holds: isRight, detail }) => [
    isRight === undefined ? '–' : isRight ? 'holds' : 'FAILS',
    what,
    inOneLine(detail),
  ]);
  const within = isExact ? '' : ', as far as this adapter and engine can tell';
  const outcome = holds ? `The certificate holds${within}.` : 'The certificate does not hold.';
  return `${textTable(rows, ['left', 'left', 'left'])}\n\n${outcome}`;
}
