/** What the engine needs of the options; see options.js for the whole. */
export interface Checked {
  readonly endpoints: readonly { readonly name: string; readonly timeoutMs: number }[];
  readonly timeoutMs: number;
  readonly messages: any;
  readonly session?: () => unknown;
  readonly onFailure?: (failure: any) => void;
  readonly onSettled?: (record: any) => void;
}

/** Checks the options, and fills in every default; throws `TypeError` that names the key. What it gave, it gives again. */
export declare function check(given: object): Checked;
