// The first thing `npm start`, `npm test`, `npm run doctor` and `npm run bench` run, on a machine that may have nothing but Node
// and npm: checks Node, installs what package-lock.json says, teaches this process TypeScript, and becomes the command.
// Built-ins only until then. Next: doctor.mjs, or one of those below.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const oldestNode = [20, 19];

/** Commands by name. Anything else is taken for the path of a TypeScript file of the project. */
const commands = new Map([
  ['start', 'server/start/start.ts'],
  ['test', 'server/start/test.ts'],
  ['bench', 'client/bench/main.ts'],
  ['crash', 'server/start/crash.ts'],
  ['screens', 'client/gallery/screens.ts'],
]);

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const [oldestMajor = 0, oldestMinor = 0] = oldestNode;
if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
  console.error(
    `Aparté needs Node ${oldestNode.join('.')} or newer, this is ${process.versions.node}: install one from https://nodejs.org.`,
  );
  process.exit(1);
}

// Imported only now: older versions of Node could not even read them.
const { projectRoot, SetupError } = await import('./machine.mjs');
const { interruption, exitWith } = await import('./interrupt.mjs');

// As npm does: relative paths in variables mean the same however this is run.
process.chdir(projectRoot);
const [name = '', ...rest] = process.argv.slice(2);
try {
  if (name === 'doctor') {
    // Says what is missing instead of installing it.
    await import('../doctor.mjs');
  } else {
    const file = join(projectRoot, commands.get(name) ?? name);
    if (name === '' || !existsSync(file)) {
      const known = [...commands.keys(), 'doctor'].join(', ');
      throw new SetupError(`Unknown command "${name}": expected one of ${known}, or a file of the project.`);
    }
    const { install } = await import('./install.mjs');
    await install({ say: (line) => console.log(line), signal: interruption });
    const { register } = await import('tsx/esm/api');
    register();
    process.argv.splice(1, process.argv.length, file, ...rest);
    await import(pathToFileURL(file).href);
  }
} catch (error) {
  exitWith(error);
}
