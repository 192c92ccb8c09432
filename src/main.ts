#!/usr/bin/env node
import { readCommandLine } from './cli/commands.js';
import { explain } from './cli/explain.js';

process.exitCode = await readCommandLine(process.argv)().catch(explain);
process.exit();
