// Takes the pictures of the README: `npm run pictures`. Not part of the tests.
import { defineConfig } from '@playwright/test';

import tests from './playwright.config';

export default defineConfig({ ...tests, testMatch: 'pictures.ts', fullyParallel: false, workers: 1 });
