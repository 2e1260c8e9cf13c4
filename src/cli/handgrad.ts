#!/usr/bin/env node
import { servePool } from '../worker/node-pool.ts';
import { watchForInterruption } from './interruption.ts';
import { endWithReader } from './output.ts';
import { runProgram } from './program.ts';

// The built command line is one file, so that its threads start from it, too.
if (!servePool()) {
  endWithReader();
  process.exitCode = await runProgram(process.argv.slice(2), watchForInterruption());
}
