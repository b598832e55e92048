// SPDX-License-Identifier: Apache-2.0
/**
 * What must not outlive the process: temporary files and programs that it has started. It is undone
 * when the process ends by itself, by `process.exit`, or by a signal that nobody else handles.
 */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const pending = new Set<() => void>();

/** @returns A function to call once it has been done otherwise. */
export function beforeExit(undo: () => void): () => void {
  if (pending.size === 0) {
    process.on('exit', undoAll);
    for (const signal of SIGNALS) process.on(signal, onSignal);
  }
  pending.add(undo);
  return () => {
    if (pending.delete(undo) && pending.size === 0) stopListening();
  };
}

function onSignal(signal: NodeJS.Signals): void {
  // Who else handles it decides whether the process ends.
  if (process.listenerCount(signal) > 1) return;
  undoAll();
  // Without this handler it ends the process, by its own code.
  process.kill(process.pid, signal);
}

function undoAll(): void {
  stopListening();
  for (const undo of pending) {
    try {
      undo();
    } catch {
      // The process ends whatever is left.
    }
  }
  pending.clear();
}

function stopListening(): void {
  process.off('exit', undoAll);
  for (const signal of SIGNALS) process.off(signal, onSignal);
}
