import { InputError } from '../core/errors.ts';
import { formatCount } from './wording.ts';

/** Bytes read and parsed at a time: 2 to 3 ms of work. */
export const PIECE_BYTES = 64 * 1024;
/** The event loop gets a turn after so much work. */
const YIELD_AFTER_MS = 16;
const REMEDY = 'Save the table as CSV in UTF-8 (in Excel: CSV UTF-8) and open that file.';

/**
 * The text of a file, piece by piece; a character that two pieces share comes whole with the second. A
 * leading byte-order mark is dropped. The event loop gets a turn every 16 ms.
 *
 * @returns with each piece, the byte it ends before
 * @throws InputError if the file is not UTF-8 text, or can no longer be read
 * @throws the signal's reason once it is aborted
 */
export async function* textPieces(
  file: Blob,
  signal?: AbortSignal,
): AsyncGenerator<{ readonly text: string; readonly isLast: boolean; readonly end: number }> {
  let turnStartMs = performance.now();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for (let start = 0; start === 0 || start < file.size; start += PIECE_BYTES) {
    signal?.throwIfAborted();
    const end = Math.min(start + PIECE_BYTES, file.size);
    const isLast = end === file.size;
    const bytes = await readBytes(file, start, end);
    const nulAt = bytes.indexOf(0);
    if (nulAt >= 0) {
      throw new InputError(
        `The file is not text: byte ${formatCount(start + nulAt + 1)} is zero, as in a spreadsheet, an ` +
          `archive or UTF-16. ${REMEDY}`,
      );
    }
    yield {
      text: decode(decoder, bytes, isLast, start),
      isLast,
      end,
    };
    if (performance.now() - turnStartMs >= YIELD_AFTER_MS) {
      await new Promise((resolve) => setTimeout(resolve));
      turnStartMs = performance.now();
    }
  }
}

async function readBytes(file: Blob, start: number, end: number): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.slice(start, end).arrayBuffer());
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(
      `The file could not be read (${reason}). It may have been moved, changed or be a folder; open it again.`,
      { cause: error },
    );
  }
}

/** @param start where the bytes lie in the file */
function decode(decoder: TextDecoder, bytes: Uint8Array, isLast: boolean, start: number): string {
  try {
    return decoder.decode(bytes, { stream: !isLast });
  } catch (error) {
    const at = firstInvalid(bytes);
    throw new InputError(
      `The file is not UTF-8 text: byte ${formatCount(start + at + 1)} is 0x${bytes[at].toString(16).toUpperCase()}. ${REMEDY}`,
      { cause: error },
    );
  }
}

/** The place of the first byte that is no UTF-8; the last one where a character is cut off at the end. */
function firstInvalid(bytes: Uint8Array): number {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const before = new TextEncoder().encode(text.slice(0, text.indexOf('\ufffd'))).length;
  return Math.min(before, bytes.length - 1);
}
