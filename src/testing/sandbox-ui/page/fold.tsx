import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

export interface Fold {
  /** For the section. On a phone it hides all but the first child, which holds the button (style/fold.css). */
  readonly class: string;
  readonly button: JSX.Element;
}

/** Lets a phone show a section as one line that opens at a tap. Wider windows show all of it, and no button. */
export function useFold(title: string, startsOpen = false): Fold {
  const [isOpen, setOpen] = useState(startsOpen);
  return {
    class: isOpen ? 'foldable' : 'foldable folded',
    button: (
      <button
        type="button"
        class="unfold"
        aria-expanded={isOpen}
        aria-label={`${title}: details`}
        onClick={() => setOpen(!isOpen)}
      />
    ),
  };
}
