import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'node',
          include: ['packages/*/src/**/*.test.ts', 'adapters/*/src/**/*.test.ts', '{conformance,fixtures,objects}/src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: ['**/*.workerd.test.ts', '**/node_modules/**'],
          testTimeout: 20_000,
        },
      },
    ],
  },
})
