// What each room may import and touch (docs/architecture in README: "Rooms"), as errors whose message says what to use
// instead; plus type-checked rules for TypeScript and Svelte.
import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

/** A zone of `import-x/no-restricted-paths`: `target` may not import `from`, except these. */
const zone = (target, from, message, except = []) => ({ target, from, except, message });

const rooms = [
  zone('./crypto', './server', 'crypto is pure: it imports nothing of the service.'),
  zone('./crypto', './client', 'crypto is pure: it imports nothing of the client.'),
  zone('./server', './client', 'The service and the client share nothing but crypto.'),
  zone(
    ['./client/!(e2e|bench|testing|gallery)/**', './client/*'],
    './server',
    'The service and the client share nothing but crypto.',
  ),
  zone(
    ['./server/!(start)/**/!(*.test).ts', './server/!(*.test).ts'],
    './crypto',
    'The service must not be able to decrypt: only statements, verify, group-id, the history, bytes and errors.',
    [
      './bytes.ts',
      './errors.ts',
      './identity/statements.ts',
      './identity/verify.ts',
      './identity/point.ts',
      './invite/group-id.ts',
      './group/history',
    ],
  ),
  zone(
    './crypto/group/history/**/!(*.test).ts',
    './crypto',
    'The service folds the history: it may hold no secret and open nothing.',
    [
      './bytes.ts',
      './errors.ts',
      './identity/statements.ts',
      './identity/verify.ts',
      './invite/group-id.ts',
      './group/history',
    ],
  ),
  zone('./client/media', './client/call', 'media and call never meet: main.ts connects epochs to keys.'),
  zone('./client/call', './client/media', 'media and call never meet: main.ts connects epochs to keys.'),
  zone(
    './client/media/worker/**/!(*.test).ts',
    './crypto',
    "The frame worker's whole world is crypto/sframe.",
    ['./bytes.ts', './errors.ts', './sframe'],
  ),
  zone('./client/media/worker', './client', 'The frame worker imports crypto/sframe and itself only.', [
    './media/worker',
    './media/types.ts',
  ]),
  zone('./client/worker', './client', 'The service worker knows nothing of the app.', ['./worker']),
  zone(
    './client/ui',
    './client',
    'Components take props and give callbacks: state/view.ts and i18n are all they import.',
    ['./ui', './i18n', './state/view.ts', './styles'],
  ),
  zone('./client/ui', './crypto', 'Components know no cryptography: ask for it in state/view.ts.'),
  zone('./client/i18n', './client', 'The catalogue knows nobody.', ['./i18n']),
  zone(
    ['./client/api', './client/groups', './client/call', './client/media'],
    './client/ui',
    'Imports point one way: ui → state → groups, call, media → crypto.',
  ),
  zone(
    ['./client/api', './client/groups', './client/call', './client/media'],
    './client/state',
    'Imports point one way: ui → state → groups, call, media → crypto.',
  ),
  zone(['./crypto', './server', './client'], './attacks', 'Nothing depends on its attacker.'),
  zone('./client/state', './client/ui', 'Imports point one way: ui → state → groups, call, media → crypto.'),
];

const only = (name, message) => ({ name, message });
const livekitClient = only('livekit-client', 'Only client/media speaks to LiveKit.');
const tsMls = only('ts-mls', 'The referee in tests of crypto/mls only: use crypto/call.');
/** The libraries, and anything deep inside them. */
const restrict = (...paths) => [
  'error',
  { patterns: paths.map(({ name, message }) => ({ group: [name, `${name}/*`], message })) },
];

export default defineConfig(
  { ignores: ['node_modules/', 'build/', 'data/', '.cache/', 'crypto/vectors/', 'docs/'] },
  js.configs.recommended,
  ...ts.configs.strictTypeChecked.map((config) => ({ ...config, files: ['**/*.ts', '**/*.svelte'] })),
  ...svelte.configs.recommended,
  {
    files: ['**/*.ts', '**/*.svelte'],
    languageOptions: {
      parserOptions: {
        project: [
          './crypto/tsconfig.test.json',
          './server/tsconfig.json',
          './client/tsconfig.json',
          './client/tsconfig.test.json',
          './tsconfig.tools.json',
        ],
        extraFileExtensions: ['.svelte'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'max-params': ['error', 3],
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  { files: ['**/*.svelte', '**/*.svelte.ts'], languageOptions: { parserOptions: { parser: ts.parser } } },
  {
    files: ['**/*.ts', '**/*.svelte', '**/*.mjs'],
    plugins: { 'import-x': importX },
    settings: {
      'import-x/extensions': ['.ts', '.js', '.mjs'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
      'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.js', '.svelte', '.mjs'] })],
    },
    rules: {
      'import-x/no-restricted-paths': ['error', { basePath: import.meta.dirname, zones: rooms }],
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'import-x/no-default-export': 'off',
      'no-restricted-imports': restrict(livekitClient, tsMls),
    },
  },
  {
    files: ['crypto/mls/**/*.test.ts', 'crypto/mls/test/**/*.ts'],
    rules: { 'no-restricted-imports': restrict(livekitClient) },
  },
  {
    files: ['client/media/**/*.ts', 'client/bench/**/*.ts', 'client/e2e/**/*.ts', 'attacks/**/*.ts'],
    rules: { 'no-restricted-imports': restrict(tsMls) },
  },
  {
    files: ['client/bench/mls/*.ts'],
    rules: { 'no-restricted-imports': restrict(livekitClient) },
  },
  {
    files: ['crypto/**/*.ts'],
    ignores: ['crypto/**/*.test.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...[
          'fetch',
          'self',
          'postMessage',
          'indexedDB',
          'localStorage',
          'console',
          'setTimeout',
          'setInterval',
          'performance',
          'navigator',
          'location',
          'WebSocket',
        ].map((name) =>
          only(
            name,
            'crypto is pure: no DOM, no network, no clock, no log. Take what you need as a parameter.',
          ),
        ),
        only('Date', 'crypto has no clock: take `nowMs` as a parameter.'),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Use random() of crypto/bytes.ts.' },
      ],
    },
  },
  {
    files: ['client/ui/**/*.svelte', 'client/App.svelte'],
    rules: {
      'svelte/no-at-html-tags': 'error',
      'svelte/button-has-type': 'error',
      'svelte/require-each-key': 'error',
    },
  },
  { files: ['client/**/*.{ts,svelte}'], languageOptions: { globals: globals.browser } },
  {
    files: ['**/*.mjs', '*.js', '**/*.{test,bench}.ts', 'client/{e2e,bench,gallery}/**', 'attacks/**'],
    languageOptions: { globals: globals.node },
  },
  {
    // Tools and commands speak to a terminal; tests may say odd things on purpose.
    files: [
      'server/start/**',
      'server/doctor*.ts',
      'client/{e2e,bench,gallery}/**',
      'attacks/**',
      '**/*.mjs',
    ],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['**/*.test.ts', 'client/{e2e,bench,gallery}/**/*.ts', 'attacks/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      'max-params': 'off',
    },
  },
);
