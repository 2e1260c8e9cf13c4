import type { Command } from 'commander';
import { modelWriters, revealed, type WrittenFormat } from '../index.ts';
import { oneOf, UsageError } from './flags.ts';
import {
  MODEL_FILE,
  noticeEnsemble,
  noticeSaved,
  openModel,
  requireWritable,
  writeWhole,
} from './model-flags.ts';
import { notice, printBytes } from './output.ts';

/** `model` is what the file is already. */
const formats = (Object.keys(modelWriters) as WrittenFormat[]).filter((format) => format !== 'model');

interface ExportFlags {
  readonly to: WrittenFormat;
  readonly output?: string;
}

/** Adds `handgrad export`. */
export function addExportCommand(program: Command): void {
  program
    .command('export')
    .summary('write a saved model for ONNX, PyTorch, NumPy or JavaScript')
    .description(
      'Writes a model as something else runs it. onnx: rows in, predictions out, scaling inside. pytorch, numpy: one ' +
        'script that predicts and trains on from the same state; that of an ensemble predicts. javascript: one module with ' +
        'predict(row). safetensors: the weights alone. Standard error says what of the table the file reveals.',
    )
    .argument('<model>', MODEL_FILE)
    .requiredOption('--to <format>', formats.join(', '), oneOf('--to', formats))
    .option('-o, --output <file>', 'write it to a file')
    .action(exportModel);
}

async function exportModel(path: string, { to, output }: ExportFlags): Promise<void> {
  if (output !== undefined) await requireWritable('--output', output, [path]);
  const model = await openModel(path);
  noticeEnsemble(model);
  const content = modelWriters[to](model);
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  if (output !== undefined) {
    await writeWhole(output, bytes);
    noticeSaved(output, bytes.length, revealed(model, to));
    return;
  }
  if (typeof content !== 'string' && process.stdout.isTTY) {
    throw new UsageError(`--to ${to} is no text for a terminal; name a file with -o, or send it on with >.`);
  }
  await printBytes(new Blob([bytes]).stream());
  notice(revealed(model, to));
}
