/** What both programs make their resources of. */
export interface Job {
  readonly hosts: Readonly<
    Record<string, { host: string; user: string; privateKey: string; hostKey: string }>
  >;
  readonly privateKeyFile: string;
  /** On each host. */
  readonly resources: number;
  /** Part of each resource's inputs: another round is a change of all of them. */
  readonly round: number;
}
