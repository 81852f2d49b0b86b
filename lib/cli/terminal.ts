import { styleText } from 'node:util';

/** Exit codes: the contract with scripts, in JSON mode too. */
export const EXIT = { ok: 0, finding: 1, broken: 2 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What the running step does right now, for a terminal that can show it. */
let detail = '';

/** Results go to stdout, everything else to stderr, whatever the terminal or CI says. */
export const terminal = {
  result(text: string): void {
    process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  },

  note(text: string): void {
    process.stderr.write(`${text}\n`);
  },

  /** Says what the running step does right now. A terminal shows it; a log does not. */
  detail(text: string): void {
    detail = text;
  },

  /** Runs one named step; it says on stderr that it runs, and how long it took. */
  async step<T>(name: string, work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    const live = process.stderr.isTTY === true;
    detail = '';
    const tick = () => process.stderr.write(`\r\u001b[2K${dim(`${name} … ${seconds(performance.now() - started)}  ${detail}`)}`);
    const timer = live ? setInterval(tick, 200) : undefined;
    if (live) tick();
    else terminal.note(`${name} …`);
    try {
      const value = await work();
      if (live) process.stderr.write('\r\u001b[2K');
      terminal.note(dim(`${name}: ${seconds(performance.now() - started)}`));
      return value;
    } catch (error) {
      if (live) process.stderr.write('\r\u001b[2K');
      terminal.note(`${name}: failed after ${seconds(performance.now() - started)}`);
      throw error;
    } finally {
      clearInterval(timer);
    }
  },
};

/** `1.2 s`, `340 ms`. */
export function seconds(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

export function dim(text: string): string {
  return styleText('dim', text, { stream: process.stderr });
}

export function bold(text: string): string {
  return styleText('bold', text, { stream: process.stdout });
}

export function red(text: string): string {
  return styleText('red', text, { stream: process.stderr });
}
