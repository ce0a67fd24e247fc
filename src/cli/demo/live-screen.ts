import { isTerminal } from '../terminal.js';

/** Lines that stay, and below them a block that is redrawn in place. In a log there is no such block. */
export interface LiveScreen {
  /** Adds lines that stay. */
  say(text: string): void;
  /** Redraws the block. */
  show(block: readonly string[]): void;
  /** Removes the block. */
  clear(): void;
}

export function createLiveScreen(output: NodeJS.WriteStream): LiveScreen {
  let shown: readonly string[] = [];

  /** In one write, so that nothing flickers. */
  function redraw(text: string, block: readonly string[]): void {
    const upAndErase = shown.length === 0 ? '' : `\u001b[${shown.length}A\u001b[J`;
    output.write(`${upAndErase}${text}${block.map((line) => `${line}\n`).join('')}`);
    shown = block;
  }

  return {
    say: (text) => redraw(`${text}\n`, shown),
    show(block) {
      // The cursor cannot go back to a line that has left the screen.
      if (isTerminal(output) && block.length < output.rows) redraw('', block);
    },
    clear: () => redraw('', []),
  };
}
