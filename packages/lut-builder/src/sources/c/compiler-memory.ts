// SPDX-License-Identifier: Apache-2.0
/** MiB that the compiler itself may use: a macro may become any number of tokens. */
export const COMPILER_MEMORY = 1024;
