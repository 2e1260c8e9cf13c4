import { createReadStream, openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { InputError } from '../index.ts';
import { notice } from './output.ts';
import { quoted } from './wording.ts';

/**
 * The bytes of a table: a file, left where it is until it is read, or a stream (a pipe, standard input), read
 * to its end.
 *
 * @param path of a file, or `-` for standard input
 * @throws InputError if there is nothing to read
 */
export async function openTableFile(path: string, signal: AbortSignal): Promise<Blob> {
  if (path === '-') {
    if (process.stdin.isTTY) notice('Reading the table from the terminal; end it with Ctrl-D.');
    return collect(process.stdin, signal);
  }
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw new InputError(`${quoted(path)} is a folder. Name a CSV file in it.`);
    if (!found.isFile()) return await collect(createReadStream(path), signal);
    return await openAsBlob(path);
  } catch (error) {
    if (error instanceof InputError || signal.aborted) throw error;
    throw new InputError(whyNot(path, error as NodeJS.ErrnoException), { cause: error });
  }
}

async function collect(stream: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<Blob> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for await (const piece of untilAborted(stream, signal)) pieces.push(Uint8Array.from(piece));
  return new Blob(pieces);
}

/** The stream, or the signal's reason while it still waits for its next piece. */
async function* untilAborted(
  stream: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const pieces = stream[Symbol.asyncIterator]();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  for (;;) {
    const { done, value } = await Promise.race([pieces.next(), aborted]);
    if (done) return;
    yield value;
  }
}

function whyNot(path: string, { code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT')
    return `There is no file ${quoted(path)}. Check the name, or give - to read standard input.`;
  if (code === 'EACCES' || code === 'EPERM' || code === 'ERR_INVALID_ARG_VALUE') {
    return `The file ${quoted(path)} may not be read. Allow yourself to read it, or name another one.`;
  }
  return `The file ${quoted(path)} could not be read (${message}). Check its name, or name another one.`;
}
