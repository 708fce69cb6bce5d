// Turns a TypeScript file of this folder, or any other, into one script for `addInitScript`, once a process.
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const done = new Map<string, Promise<string>>();

/** `name` without suffix. */
export function pageScript(name: 'probe' | 'tap' | 'signatures'): Promise<string> {
  return scriptOf(new URL(`${name}.ts`, import.meta.url));
}

/** The file at `entry`, with all that it imports. */
export function scriptOf(entry: URL): Promise<string> {
  let script = done.get(entry.href);
  if (script === undefined) {
    script = bundle(fileURLToPath(entry));
    done.set(entry.href, script);
  }
  return script;
}

async function bundle(entry: string): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: {
      write: false,
      minify: false,
      target: 'esnext',
      lib: {
        entry,
        formats: ['iife'],
        name: 'aparte',
      },
    },
  });
  const output = Array.isArray(result) ? result[0] : result;
  if (output === undefined || !('output' in output)) throw new Error(`no bundle of ${entry}`);
  return output.output[0].code;
}
