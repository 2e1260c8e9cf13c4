import { constants, type Stats } from 'node:fs';
import { access, chmod, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import {
  InputError,
  looksLikeSafetensors,
  memberCountOf,
  readModel,
  type Model,
  type RowNotes,
} from '../index.ts';
import { UsageError } from './flags.ts';
import { notice } from './output.ts';
import { count, countOf, inOneLine, quoted } from './wording.ts';

const SHOWN_NAMES = 10;

/** The argument of every command that takes a model. */
export const MODEL_FILE = 'a file that train --save, or sweep --save-best or --save-ensemble, wrote';

/** @throws InputError if the file cannot be read, or is no model */
export async function openModel(path: string): Promise<Model> {
  const bytes = await readBytes(path, 'a model that --save wrote');
  if (bytes.length === 0 || looksLikeSafetensors(bytes)) return readModel(bytes);
  throw new InputError(
    `${quoted(path)} is no model that --save wrote. The model comes first, then the table.`,
  );
}

/** @throws InputError */
export async function readBytes(path: string, what: string): Promise<Uint8Array> {
  return readFile(path).catch((error: Error) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new InputError(`There is no file ${quoted(path)}. Name ${what}.`);
    if (code === 'EISDIR') throw new InputError(`${quoted(path)} is a folder. Name ${what}.`);
    throw new InputError(`The file ${quoted(path)} cannot be read (${error.message}). Name ${what}.`);
  });
}

/**
 * Before hours of training: whether a file could be written there.
 *
 * @param kept files that must not be written over
 * @throws UsageError
 */
export async function requireWritable(
  flag: string,
  path: string,
  kept: readonly (string | undefined)[] = [],
): Promise<void> {
  if (path === '-') {
    throw new UsageError(
      `${flag} must name a file, and "-" is not standard output here. Name a file; one that is called so is ./-.`,
    );
  }
  const folder = dirname(resolve(path));
  if (!(await statOf(folder))?.isDirectory()) {
    throw new UsageError(
      `${flag} names ${quoted(path)}, and there is no folder ${quoted(folder)}. Make it first.`,
    );
  }
  const found = await statOf(path);
  if (found?.isDirectory()) {
    throw new UsageError(`${flag} names ${quoted(path)}, which is a folder. Name a file.`);
  }
  for (const other of kept) {
    if (other === undefined || (await placeOf(other)) !== (await placeOf(path))) continue;
    throw new UsageError(
      `${flag} names ${quoted(path)}, which is named for something else too and would be lost. Name another file.`,
    );
  }
  const written = found && !found.isFile() ? path : dirname(await placeOf(path));
  const isAllowed = await access(written, constants.W_OK).then(
    () => true,
    () => false,
  );
  if (isAllowed) return;
  throw new UsageError(
    `${flag} names ${quoted(path)}, and nothing may be written to ${quoted(written)}. Name another one.`,
  );
}

/** Undefined where nothing is. */
async function statOf(path: string): Promise<Stats | undefined> {
  return stat(path).catch(() => undefined);
}

/** Where a file lies, or would, whatever links lead there. */
async function placeOf(path: string): Promise<string> {
  return realpath(path).catch(() => resolve(path));
}

/**
 * Writes a file whole or not at all: two programs that write it at once leave one of both. Its permissions stay, and links
 * that lead to it; what is no file, as /dev/stdout, is written to. @throws InputError
 */
export async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  const found = await statOf(path);
  const place = await placeOf(path);
  const beside = `${place}.${process.pid}.tmp`;
  try {
    if (found && !found.isFile()) {
      await writeFile(path, content);
      return;
    }
    await writeFile(beside, content, { ...(found && { mode: found.mode }) });
    if (found) await chmod(beside, found.mode);
    await rename(beside, place);
  } catch (error) {
    await rm(beside, { force: true });
    throw new InputError(
      `The file ${quoted(path)} cannot be written (${(error as Error).message}). Name another one.`,
    );
  }
}

/** Whether several networks answer, on standard error. */
export function noticeEnsemble(model: Model): void {
  const memberCount = memberCountOf(model);
  if (memberCount === 1) return;
  notice(
    `An ensemble of ${count(memberCount)} networks: it predicts their mean; a spread is their standard deviation.`,
  );
}

/** What was odd of the rows that were predicted, on standard error. */
export function noticeOddRows(notes: RowNotes, { encoding }: Model): void {
  const { extraColumns, unseenCells, filledCellCount, incompleteCount } = notes;
  const targets = new Set(encoding.targets);
  const extra = extraColumns.filter((name) => !targets.has(name));
  if (extra.length > 0) {
    const more = extra.length > SHOWN_NAMES ? ` and ${count(extra.length - SHOWN_NAMES)} more` : '';
    notice(
      `Ignored, because the model does not know them: ${extra.slice(0, SHOWN_NAMES).map(quoted).join(', ')}${more}.`,
    );
  }
  for (const [column, cells] of unseenCells) {
    notice(
      `${countOf(cells, 'cell')} of ${quoted(column)} ${cells === 1 ? 'holds' : 'hold'} a category the model was not ` +
        `trained on, and ${cells === 1 ? 'counts' : 'count'} as "other".`,
    );
  }
  if (filledCellCount > 0) notice(`${countOf(filledCellCount, 'missing cell')} filled as in training.`);
  if (incompleteCount > 0) {
    notice(
      `${countOf(incompleteCount, 'row')} without a prediction: a value is missing, and the model was trained on complete rows only.`,
    );
  }
}

/** A sentence of the library, in one line. */
export function noticeSaved(path: string, bytes: number, revealed: string): void {
  notice(`Saved ${inOneLine(path)} (${count(Math.ceil(bytes / 1024))} KiB). ${revealed}`);
}
