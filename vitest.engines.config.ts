import { defineConfig } from 'vitest/config';

// The judges of templates run as commands here; CDK's own rules have a suite of their own among these.
process.env['CDK_VALIDATION'] ??= 'false';

export default defineConfig({
  resolve: { conditions: ['medallion-source'] },
  ssr: { resolve: { conditions: ['medallion-source'] } },
  test: {
    reporters: ['default', './test/closing-line.ts'],
    include: ['test/engines/**/*.test.ts'],
    globalSetup: ['test/engines/install.ts'],
    // One process for all files: they share the running engines, and two cores carry no more.
    pool: 'forks',
    isolate: false,
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 600_000,
  },
});
