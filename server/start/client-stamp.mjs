// What the built client was made of: one hash over every source it can contain. Built-ins only, so that doctor.mjs can ask.
// client-build.ts writes the stamp.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './machine.mjs';

const sources = [
  'client',
  'crypto',
  'vite.config.ts',
  'shell.config.ts',
  'licences.config.ts',
  'svelte.config.js',
  'tsconfig.json',
  'package.json',
  'package-lock.json',
];
/** Not part of the client that is shipped. */
const skipped = new Set(['client/e2e', 'client/bench', 'client/gallery', 'crypto/vectors', 'crypto/test']);

/**
 * Beside the folder that is served, not in it.
 * @param {string} [root] the project's folder
 */
export function clientStampFile(root = projectRoot) {
  return join(root, 'build', 'client.stamp');
}

/**
 * @param {string} [root]
 * @returns {string} hex
 */
export function clientSourceHash(root = projectRoot) {
  const hash = createHash('sha256');
  for (const path of sources.flatMap((source) => filesOf(root, source))) {
    const contents = readFileSync(join(root, path));
    hash.update(`${path}\0${contents.length}\0`).update(contents);
  }
  return hash.digest('hex');
}

/**
 * @param {string} [hash] of the sources as they are now
 * @param {string} [root]
 * @returns {boolean}
 */
export function isClientBuilt(hash = clientSourceHash(), root = projectRoot) {
  try {
    const hasPage = existsSync(join(root, 'build', 'client', 'index.html'));
    return hasPage && readFileSync(clientStampFile(root), 'utf8').trim() === hash;
  } catch {
    return false;
  }
}

/**
 * @param {string} root
 * @param {string} path relative to the project, with forward slashes
 * @returns {string[]} files in a fixed order
 */
function filesOf(root, path) {
  if (skipped.has(path) || path.endsWith('.test.ts') || !existsSync(join(root, path))) return [];
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path))
    .sort()
    .flatMap((entry) => filesOf(root, `${path}/${entry}`));
}
