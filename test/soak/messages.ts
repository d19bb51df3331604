/** What a client of the soak test is started with, as JSON in its first argument. */
export interface ClientOrder {
  readonly port: number;
  readonly seed: number;
  readonly calls: number;
}

/** What it tells while it works. Each call is in exactly one `good` or `bad`. */
export type ClientReport =
  | { readonly kind: 'good'; readonly count: number }
  | { readonly kind: 'bad'; readonly name: string }
  | { readonly kind: 'problem'; readonly text: string };
