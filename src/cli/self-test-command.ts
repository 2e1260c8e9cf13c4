import type { Command } from 'commander';
import { HandgradError, scientific, selfTest, selfTestFindings, type Finding } from '../index.ts';
import { requireGpu } from './dawn.ts';
import { print } from './output.ts';
import { jsonText } from './run-json.ts';
import { textTable } from './text-table.ts';
import { adapterText } from './timing-text.ts';

/** Adds `handgrad self-test`. */
export function addSelfTestCommand(program: Command): void {
  program
    .command('self-test')
    .summary('say what the arithmetic of the GPU at hand is worth')
    .description(
      'Tests the GPU at hand: whether compensated parameters survive its compiler, how exact its exponential ' +
        'is, and whether each strategy agrees with float64. Ends with 1 if one of them does not hold.',
    )
    .option('--json', 'print one JSON object instead of text')
    .action(runSelfTest);
}

async function runSelfTest({ json }: { readonly json?: true }): Promise<void> {
  await requireGpu();
  const test = await selfTest();
  if (json) {
    const strategies = test.strategies.map(({ plan, verdict }) => ({
      plan,
      verdict: { ...verdict, holds: verdict.holds ?? null },
    }));
    await print(jsonText({ ...test, strategies }));
  } else {
    const rows = selfTestFindings(test).map(findingCells);
    const table = textTable(
      [['Self-test', 'found', 'allowed', ''], ...rows],
      ['left', 'right', 'right', 'left'],
    );
    await print(`${table}\nAdapter: ${adapterText(test.adapter)}.`);
    if (test.holds) await print('Verdict: this adapter computes as handgrad expects.');
  }
  if (!test.holds) {
    throw new HandgradError(
      'This adapter does not compute as handgrad expects: its results may differ from float64 by more than the ' +
        'tolerance. Use --backend cpu, or update the driver.',
    );
  }
}

function findingCells({ what, found, allowed, meanUlp, holds }: Finding): string[] {
  const number = (value: number) =>
    meanUlp === undefined ? scientific(value, 1) : `${value.toPrecision(3)} ulp`;
  const outcome = holds === undefined ? 'for comparison' : holds ? 'holds' : 'does NOT hold';
  return [what, number(found), allowed === undefined ? '' : number(allowed), outcome];
}
