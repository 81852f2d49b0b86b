import { defineConfig } from 'vitest/config';

// CDK's built-in template rules cost seconds a process: off here, on in the suite that checks every example with them.
process.env['CDK_VALIDATION'] ??= 'false';

export default defineConfig({
  resolve: { conditions: ['medallion-source'] },
  ssr: { resolve: { conditions: ['medallion-source'] } },
  test: {
    reporters: ['default', './test/closing-line.ts'],
    include: ['test/**/*.test.ts'],
    exclude: ['test/engines/**', 'test/types/**', '**/node_modules/**'],
    // Every core: by default one is left for watching.
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
