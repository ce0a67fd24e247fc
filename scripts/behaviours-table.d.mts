export interface TitleOfBehaviour {
  readonly number: number;
  readonly text: string;
  /** Its file, under `__tests__/` and without `.test.ts`. */
  readonly name: string;
}
export function titlesOfBehaviours(): TitleOfBehaviour[];
export function filledPage(text: string, titles: readonly TitleOfBehaviour[]): string;
