export interface TitleOfBehaviour {
  readonly number: number;
  readonly text: string;
  /** Its file, as seen from docs/. */
  readonly link: string;
}
export function titlesOfBehaviours(): TitleOfBehaviour[];
export function filledPage(text: string, titles: readonly TitleOfBehaviour[]): string;
