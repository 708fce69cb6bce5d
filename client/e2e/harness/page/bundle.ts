// Turns a TypeScript file of this folder into one script for `addInitScript`, once a process.
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const done = new Map<string, Promise<string>>();

/** `name` without suffix. */
export function pageScript(name: 'probe' | 'tap' | 'signatures'): Promise<string> {
  let script = done.get(name);
  if (script === undefined) {
    script = bundle(name);
    done.set(name, script);
  }
  return script;
}

async function bundle(name: string): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: {
      write: false,
      minify: false,
      target: 'esnext',
      lib: {
        entry: fileURLToPath(new URL(`${name}.ts`, import.meta.url)),
        formats: ['iife'],
        name: `aparte_${name}`,
      },
    },
  });
  const output = Array.isArray(result) ? result[0] : result;
  if (output === undefined || !('output' in output)) throw new Error(`no bundle of ${name}`);
  return output.output[0].code;
}
