// SPDX-License-Identifier: Apache-2.0
// @ts-check
// `npm run features`: writes FEATURES.md from real training steps.

import {writeFile} from 'node:fs/promises';

const module = new URL('../packages/backend-approx/dist-test/features/table.js', import.meta.url);
const {featuresTable} = await import(module.href);
await writeFile(new URL('../FEATURES.md', import.meta.url), await featuresTable());
console.log('FEATURES.md written');
