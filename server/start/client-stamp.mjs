// What the built client was made of: one hash over every source it can contain. Built-ins only, so that doctor.mjs can ask.
// client-build.ts writes the stamp.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './machine.mjs';

const clientFolder = join(projectRoot, 'build', 'client');

/** Beside the folder that is served, not in it. */
export const clientStampFile = join(projectRoot, 'build', 'client.stamp');

const sources = [
  'client',
  'crypto',
  'vite.config.ts',
  'svelte.config.js',
  'tsconfig.json',
  'package-lock.json',
];
/** Not part of the client that is shipped. */
const skipped = new Set(['client/e2e', 'client/bench', 'client/gallery', 'crypto/vectors']);

/** @returns {string} hex */
export function clientSourceHash() {
  const hash = createHash('sha256');
  for (const source of sources) {
    for (const path of filesOf(source))
      hash
        .update(`${path}\0`)
        .update(readFileSync(join(projectRoot, path)))
        .update('\0');
  }
  return hash.digest('hex');
}

/**
 * @param {string} [hash] of the sources as they are now
 * @returns {boolean}
 */
export function isClientBuilt(hash = clientSourceHash()) {
  try {
    return (
      existsSync(join(clientFolder, 'index.html')) && readFileSync(clientStampFile, 'utf8').trim() === hash
    );
  } catch {
    return false;
  }
}

/**
 * @param {string} path relative to the project, with forward slashes
 * @returns {string[]} files in a fixed order
 */
function filesOf(path) {
  if (skipped.has(path) || path.endsWith('.test.ts') || !existsSync(join(projectRoot, path))) return [];
  let entries;
  try {
    entries = readdirSync(join(projectRoot, path));
  } catch {
    return [path]; // A file.
  }
  return entries.sort().flatMap((entry) => filesOf(`${path}/${entry}`));
}
