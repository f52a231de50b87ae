import type { CodegenConfig } from '@graphql-codegen/cli';

const preset = {
  preset: 'client',
  presetConfig: { fragmentMasking: false },
  config: {
    documentMode: 'string',
    enumsAsTypes: true,
    useTypeImports: true,
    strictScalars: true,
    scalars: { DateTime: 'string', ID: 'string', SafeInt: 'number' },
    importExtension: '.ts',
    emitLegacyCommonJSImports: false,
  },
} as const;

/** Types of what the client, the command line and the console ask for, from the printed schema. */
const config: CodegenConfig = {
  schema: 'schema/schema.graphql',
  generates: {
    'src/client/generated/': { ...preset, documents: ['src/client/*.ts', 'src/cli/**/*.ts'] },
    'web/src/generated/': { ...preset, documents: ['web/src/**/*.graphql'] },
  },
};

export default config;
