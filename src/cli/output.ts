/**
 * Writes a line of results to standard output, and waits while whoever reads it cannot keep up. Nothing but
 * results goes there.
 */
export async function print(text: string): Promise<void> {
  if (process.stdout.write(`${text}\n`)) return;
  await new Promise<void>((resolve) => {
    process.stdout.once('drain', resolve);
  });
}

/** The same for the bytes of a file. */
export async function printBytes(stream: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const bytes of stream) {
    if (process.stdout.write(bytes)) continue;
    await new Promise<void>((resolve) => {
      process.stdout.once('drain', resolve);
    });
  }
}

/** Says something that is not a result, on standard error. */
export function notice(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Ends quietly when the reader has closed the pipe (`… | head`): it has seen all it wanted. */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    process.stderr.write(`error: The results could not be written (${error.message}).\n`);
    process.exit(1);
  });
  // Without anybody to tell, there is nothing left to do about it.
  process.stderr.on('error', () => {});
}
