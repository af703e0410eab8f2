// Lint, and the layering: a folder may use what is below it and nothing above. Only `ipc/host-tauri`
// knows Tauri.
import svelte from 'eslint-plugin-svelte';
import tseslint from 'typescript-eslint';

/** From the bottom up. A folder may import from itself and from those before it. */
const layers = ['ipc', 'text', 'editor', 'state', 'actions', 'views'];

const above = (folder) => layers.slice(layers.indexOf(folder) + 1);

const forbid = (patterns) => ({ 'no-restricted-imports': ['error', { patterns }] });
const tauri = { group: ['@tauri-apps/*'], message: 'Only ipc/host-tauri.ts talks to Tauri.' };
const fake = { group: ['**/fake/*', '**/host-fake'], message: 'The fake host is for main.ts and tests.' };

export default tseslint.config(
  { ignores: ['dist', 'dist-fake', 'test-results', 'playwright-report', 'src/ipc/generated.ts'] },
  ...tseslint.configs.strict,
  ...svelte.configs.recommended,
  { languageOptions: { parserOptions: { extraFileExtensions: ['.svelte'] } } },
  { files: ['**/*.svelte', '**/*.svelte.ts'], languageOptions: { parserOptions: { parser: tseslint.parser } } },
  {
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-console': 'error',
      eqeqeq: 'error',
      'no-eval': 'error',
      // Collections in state are replaced, not changed in place: `$state.raw` sees that.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
  ...layers.map((folder) => ({
    files: [`src/${folder}/**/*`],
    ignores: ['src/ipc/host-tauri.ts', 'src/ipc/host-fake.ts', 'src/ipc/fake/**'],
    rules: forbid([tauri, fake, ...above(folder).map((name) => ({ group: [`../${name}/*`, `../../${name}/*`, `../${name}`, `../../${name}`], message: `${folder} stands below ${name}.` })),
      ...(folder === 'views' || folder === 'actions' || folder === 'state' ? [] : [{ group: ['**/parts/*'], message: `${folder} draws nothing.` }])]),
  })),
  { files: ['src/parts/**/*'], rules: forbid([tauri, fake, ...layers.map((name) => ({ group: [`../${name}`, `../${name}/*`], message: 'Parts know nothing of the app.' }))]) },
  { files: ['src/App.svelte', 'src/main.ts'], rules: forbid([tauri]) },
);
