import { Command, CommanderError } from 'commander';
import { version } from '../../package.json';
import { HandgradError } from '../index.ts';
import { UsageError } from './flags.ts';
import { Interrupted, INTERRUPTED_STATUS } from './interruption.ts';
import { addCrossValidateCommand } from './cross-validate-command.ts';
import { addEvaluateCommand } from './evaluate-command.ts';
import { addExportCommand } from './export-command.ts';
import { addInspectCommand } from './inspect-command.ts';
import { addNotebookCommand } from './notebook-command.ts';
import { notice } from './output.ts';
import { addPredictCommand } from './predict-command.ts';
import { addSelfTestCommand } from './self-test-command.ts';
import { addSweepCommand } from './sweep-command.ts';
import { addTrainCommand } from './train-command.ts';
import { addVerifyCommand } from './verify-command.ts';

const DONE = 0;
const FAILED = 1;
const WRONG_USAGE = 2;

const MORE_HELP = `
Results go to standard output and nothing else; progress and notices to standard error.
Exit status: 0 done, 1 failed (a table that cannot be used, no GPU, training that diverges), 2 wrong usage,
130 stopped by Ctrl-C.

Examples:
  handgrad notebook --backend both        both paths, and the GPU held against float64
  handgrad train table.csv --hidden 16,8  two hidden layers
  handgrad sweep t.csv --seeds 1..64      many networks at once, and which is best
  handgrad cross-validate t.csv           mean and deviation over 5 folds
  handgrad inspect table.csv              how a table is understood
  handgrad train --sample iris            a table that comes with handgrad
  handgrad train t.csv --save m           keep the model
  handgrad predict m new.csv              what it says of new rows
  handgrad export m --to onnx -o m.onnx   for somebody else to run
  handgrad train - --json < table.csv     everything as one JSON object

"handgrad help train" and the like list the flags of a command.`;

/**
 * Runs the command line.
 *
 * @param args what a person wrote after `handgrad`
 * @param signal aborted by Ctrl-C
 * @returns the exit status; every mistake has been said
 */
export async function runProgram(args: readonly string[], signal: AbortSignal): Promise<number> {
  const program = new Command('handgrad')
    .description('Trains a small neural network on your own table, on your GPU, checked against float64.')
    .version(version)
    .helpOption('-h, --help', 'print this and end')
    .showHelpAfterError(false)
    // Commands made from here on inherit this, so that every mistake ends in `statusOf`.
    .exitOverride();
  addNotebookCommand(program, signal);
  addTrainCommand(program, signal);
  addSweepCommand(program, signal);
  addCrossValidateCommand(program, signal);
  addInspectCommand(program, signal);
  addPredictCommand(program, signal);
  addEvaluateCommand(program, signal);
  addExportCommand(program);
  addVerifyCommand(program, signal);
  addSelfTestCommand(program);
  program.addHelpText('after', MORE_HELP);
  try {
    await program.parseAsync(args, { from: 'user' });
    return DONE;
  } catch (error) {
    return statusOf(error, signal);
  }
}

/** Says what went wrong, in one sentence where a person can act on it. */
function statusOf(error: unknown, signal: AbortSignal): number {
  // Commander has already said what there was to say.
  if (error instanceof CommanderError) return error.exitCode === 0 ? DONE : WRONG_USAGE;
  if (signal.aborted) {
    notice(error instanceof Interrupted ? error.message : 'Stopped.');
    return INTERRUPTED_STATUS;
  }
  if (error instanceof UsageError || error instanceof HandgradError) {
    notice(`error: ${error.message}`);
    return error instanceof UsageError ? WRONG_USAGE : FAILED;
  }
  const stack = error instanceof Error ? error.stack : String(error);
  notice(`error: This is a bug in handgrad; please report it with these lines.\n${stack}`);
  return FAILED;
}
