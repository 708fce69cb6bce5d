// Building LiveKit: once for two starts, in place only when whole, with words when it fails. `go` is a small script written here that
// notes how it was called and writes a program that knows its version; start.test.ts runs what the real Go built.
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { ensureLivekit } from './build.ts';
import { builtPath, pinned } from './find.mjs';

const root = mkdtempSync(join(tmpdir(), 'aparte-build-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let bin = '';
let cacheFolder = '';
let notes = '';
beforeEach(() => {
  bin = mkdtempSync(join(root, 'bin-'));
  cacheFolder = mkdtempSync(join(root, 'cache-'));
  notes = join(bin, 'notes');
});

/** `go env` answers with a version; `go build … -o FILE …` does what is given. */
function fakeGo(build: string): void {
  const script = `#!/bin/sh
if [ "$1" = env ]; then echo go${pinned().go}.0; exit 0; fi
echo "$CGO_ENABLED $GOTOOLCHAIN [$GOFLAGS] $PWD $*" >> '${notes}'
while [ "$1" != -o ]; do shift; done
target=$2
${build}
`;
  writeFileSync(join(bin, 'go'), script);
  chmodSync(join(bin, 'go'), 0o755);
}

const buildsWell = `printf '#!/bin/sh\\necho livekit-server version ${pinned().livekit}\\n' > "$target"; chmod +x "$target"`;

/** The script's own tools are at their usual places; no Go and no LiveKit of this machine is. */
const environment = (): NodeJS.ProcessEnv => ({ PATH: bin, HOME: root });

test('two starts at once build once, and both get the program', async () => {
  fakeGo(`${buildsWell.replace('chmod', '/bin/chmod')}; /bin/sleep 1`);
  const lines: string[] = [];
  const options = { env: environment(), cacheFolder, say: (line: string) => lines.push(line) };
  const [first, second] = await Promise.all([ensureLivekit(options), ensureLivekit(options)]);
  expect(first).toBe(builtPath(cacheFolder));
  expect(second).toBe(first);
  expect(readFileSync(notes, 'utf8').trim().split('\n')).toHaveLength(1);
  expect(lines).toContain(`Building LiveKit ${pinned().livekit} with Go, once, about three minutes.`);
  expect(lines).toContain('Another start is building LiveKit: waiting for it.');
  // Another time, nothing is built and nothing said.
  lines.length = 0;
  await ensureLivekit(options);
  expect(lines).toEqual([]);
});

test('the build is static, of the pinned module, with this toolchain and without flags of the user', async () => {
  fakeGo(buildsWell.replace('chmod', '/bin/chmod'));
  await ensureLivekit({ env: { ...environment(), GOFLAGS: '-mod=mod' }, cacheFolder });
  const note = readFileSync(notes, 'utf8');
  expect(note).toMatch(/^0 local \[\] \S+\/server\/livekit\/local build -trimpath /);
  expect(note.trim()).toMatch(/github\.com\/livekit\/livekit-server\/cmd\/server$/);
});

test('a failed build says why in one line, leaves no program and no lock', async () => {
  fakeGo('echo half > "$target"; echo "dial tcp: no route" >&2; exit 1');
  await expect(ensureLivekit({ env: environment(), cacheFolder })).rejects.toThrow(
    /^LiveKit could not be built with Go: dial tcp: no route [^\n]+$/,
  );
  expect(readdirSync(cacheFolder).filter((name) => !name.endsWith('.log'))).toEqual([]);
});

test('an interrupted build ends at once and leaves no program and no lock', async () => {
  fakeGo('echo half > "$target"; exec /bin/sleep 600');
  const controller = new AbortController();
  const attempt = ensureLivekit({ env: environment(), cacheFolder, signal: controller.signal });
  const outcome = expect(attempt).rejects.toThrow('enough');
  await expect.poll(() => existsSync(notes) && readdirSync(cacheFolder).length).toBeGreaterThan(1);
  controller.abort(new Error('enough'));
  await outcome;
  expect(readdirSync(cacheFolder)).toEqual([]);
});

test('without LiveKit and Go one line says what to install', async () => {
  await expect(ensureLivekit({ env: environment(), cacheFolder })).rejects.toThrow(
    /^No LiveKit server: install Go/,
  );
});
