// Adds to `licences.md` of the built client the packages that only a worker of it uses: Vite's own list is of the page's scripts. A plugin of
// vite.config.ts.
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const packages = new URL('node_modules/', import.meta.url);

/** `more`: what else is to be said of a package. */
export function licencesOf(names: Readonly<Record<string, string>>): Plugin {
  return {
    name: 'aparte-licences',
    apply: 'build',
    enforce: 'post',
    writeBundle: ({ dir = '' }) =>
      appendFileSync(join(dir, 'licences.md'), Object.entries(names).map(sectionOf).join('')),
  };
}

function sectionOf([name, more]: readonly [string, string]): string {
  const read = (file: string): string => readFileSync(new URL(`${name}/${file}`, packages), 'utf8');
  const { version, license } = JSON.parse(read('package.json')) as { version: string; license: string };
  return `\n## ${name} - ${version} (${license})\n\n${more}\n\n${read('LICENSE.md').trim()}\n`;
}
