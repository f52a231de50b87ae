/** The exit status of a program whose failure no other attempt can cure. */
export const FINAL_STATUS = 78;

const NUMBERS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGTERM: 15,
};

/** As a shell counts: 128 + n for a process that signal n ended. */
export function exitStatusOf(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (NUMBERS[signal ?? ''] ?? 0);
}
