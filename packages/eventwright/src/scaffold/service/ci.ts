import type { ScaffoldFile } from '../file.ts'

/** The checks of every push: types, tests, the flow, and the sample events that others rely on. */
export const ciFile: ScaffoldFile = {
  path: '.github/workflows/ci.yaml',
  owner: 'yours',
  text: `name: ci
on:
  push: { branches: [main] }
  pull_request:
permissions: { contents: read }
concurrency: { group: "\${{ github.workflow }}-\${{ github.ref }}", cancel-in-progress: true }
jobs:
  test:
    runs-on: ubuntu-latest
    timeout-minutes: 10
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with: { node-version: 24, cache: npm }
      - run: npm ci
      - run: npm run typecheck
      - run: npm test
      - run: npm run check
      - run: npm run validate
`,
}
