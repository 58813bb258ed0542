import eslint from '@eslint/js';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/** Which parts of src/ each part may import: the arrows of ARCHITECTURE.md. */
const mayImport = {
  core: [],
  protocol: ['core'],
  engine: ['core'],
  node: ['core', 'protocol'],
  worker: ['core', 'engine', 'protocol', 'node'],
  cli: ['core', 'protocol', 'node'],
  'analysis-thread': ['core', 'protocol', 'node'],
  extension: ['core', 'protocol', 'node'],
  webviews: ['core', 'protocol'],
};
const parts = Object.keys(mayImport);
/** Engines, which know nothing of each other: what they share is in src/engine/steps. */
const engines = ['wasm', 'webgpu', 'tensorflow'];
const withoutNode = ['core', 'protocol', 'webviews'];

const arrows = Object.entries(mayImport).map(([part, allowed]) => {
  const forbidden = parts.filter((other) => other !== part && !allowed.includes(other));
  return {
    files: [`src/${part}/**/*.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: `^(\\.\\./)+(${forbidden.join('|')})/`,
              message: `src/${part} may import ${allowed.length > 0 ? allowed.join(', ') : 'no other part'} (see ARCHITECTURE.md).`,
            },
            ...(withoutNode.includes(part)
              ? [{ regex: '^node:', message: `src/${part} also runs where there is no Node.js.` }]
              : []),
            ...(part === 'extension'
              ? []
              : [{ regex: '^vscode$', message: 'Only src/extension runs inside VS Code.' }]),
          ],
        },
      ],
    },
  };
});

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'build/',
      'test/fixtures/javascript/',
      'test-results/',
      'src/engine/wasm/kernels/',
      'src/worker/augment/kernels/',
      'test/vscode/runtime/',
      '**/.cnn-lab/',
    ],
  },
  eslint.configs.recommended,
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: { globals: globals.node },
  },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unnecessary-condition': 'off',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'A file is named after its main export; name it.' },
        { selector: 'ExportAllDeclaration', message: 'No barrel files.' },
      ],
    },
  },
  ...arrows,
  ...engines.map((name) => ({
    files: [`src/engine/${name}/**/*.ts`],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: `^(\\.\\./)+(${engines.filter((other) => other !== name).join('|')})/`,
              message: 'Engines do not import each other; what they share is in src/engine/steps.',
            },
          ],
        },
      ],
    },
  })),
  // Tool configurations are loaded by their default export.
  { files: ['*.config.mjs'], rules: { 'no-restricted-syntax': 'off' } },
);
