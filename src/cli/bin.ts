#!/usr/bin/env node
import { run } from './run.js';

/** The reader of our output may stop early, as `head` does. That is not an error. */
function endQuietlyWhenClosed(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit();
  throw error;
}

process.stdout.on('error', endQuietlyWhenClosed);
process.stderr.on('error', endQuietlyWhenClosed);
process.exitCode = await run(process.argv.slice(2));
