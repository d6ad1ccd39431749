/** A name that resolvers go on leading people by, for a while after it is gone or leads elsewhere. */
export interface Remembered {
  readonly name: string;
  /** To where they lead. */
  readonly target: string;
  readonly ttlSeconds: number;
}
