/** A table that comes with handgrad. */
export interface Sample {
  readonly name: string;
  /** One sentence: what is predicted from what. */
  readonly description: string;
  /** Where the table comes from. */
  readonly source: string;
  /** The text as `readTable` takes it. */
  readonly csv: string;
}
