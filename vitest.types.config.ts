import { defineConfig } from 'vitest/config';

// Tests of types run the compiler, which takes seconds: a command of their own, `npm run test:types`.
export default defineConfig({
  test: {
    reporters: ['default', './test/closing-line.ts'],
    include: ['test/types/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
