// SPDX-License-Identifier: Apache-2.0
/** What fingerprint.ts gives on every engine; apart from it, as the page itself loads no tfjs. */
export const EXPECTED_FINGERPRINT = '607ef7f51afe50b0';
