import { RefusalError } from '../core/errors.ts';
import type { Dataset } from '../data/dataset.ts';

/**
 * SHA-256, 64 hexadecimal digits.
 *
 * @throws RefusalError where the page was not opened over https or on this machine: browsers keep it back there
 */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const { subtle } = globalThis.crypto;
  // Types say it is always there; on a page of plain http it is not.
  if ((subtle as SubtleCrypto | undefined) === undefined) {
    throw new RefusalError(
      'Digests take a secure page, and this one came over plain http. Open it over https, or from this machine.',
    );
  }
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** SHA-256 of float64 numbers, little-endian. */
export function digestNumbers(values: Float64Array): Promise<string> {
  return sha256(bytesOf(values));
}

/**
 * What tells a table from every other as training sees it: SHA-256 over the digests of how it is encoded
 * and of the inputs and targets of each part. How the file is written, and columns that are not used, do not count.
 */
export async function digestOf({ training, validation, test, encoding }: Dataset): Promise<string> {
  const parts = [training, validation, test].map((data) => data ?? { inputs: EMPTY, targets: EMPTY });
  // Names of columns, categories and classes: other words may stand behind the same numbers.
  const digests = [await sha256(new TextEncoder().encode(JSON.stringify(encoding)))];
  for (const { inputs, targets } of parts) {
    digests.push(await digestNumbers(inputs), await digestNumbers(targets));
  }
  return sha256(new TextEncoder().encode(digests.join('\n')));
}

const EMPTY = new Float64Array(0);

function bytesOf(values: Float64Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength);
}
