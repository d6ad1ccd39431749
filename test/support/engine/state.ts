import { redacted, secretPaths, type Properties } from "./values";

/** One resource in the engine's state. Secrets keep their markers in `inputs` and `outputs`. */
export interface ResourceState {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly parent: string;
  /** Components have no provider and no id. */
  readonly custom: boolean;
  /** Read with `get`, owned by somebody else: never updated or deleted. */
  readonly external: boolean;
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
  readonly dependencies: readonly string[];
  readonly additionalSecretOutputs: readonly string[];
  /** Not empty: the provider said "created, but not in order"; the next update is forced. */
  readonly initErrors: readonly string[];
  /** The old half of a replacement, to be deleted when all else is done. */
  readonly pendingDelete: boolean;
}

/** What the engine has saved: survives a killed provider, and can be written as JSON. */
export interface Snapshot {
  readonly resources: readonly ResourceState[];
  /** The configuration of the last update: all that refresh and destroy see. */
  readonly configuration: Readonly<Record<string, string>>;
}

export const EMPTY_SNAPSHOT: Snapshot = { resources: [], configuration: {} };

/** Saves step by step, as the engine does. */
export class StateFile {
  #resources: readonly ResourceState[];

  constructor(
    snapshot: Snapshot,
    readonly configuration: Readonly<Record<string, string>>,
  ) {
    this.#resources = snapshot.resources;
  }

  get snapshot(): Snapshot {
    return { resources: this.#resources, configuration: this.configuration };
  }

  get resources(): readonly ResourceState[] {
    return this.#resources;
  }

  find(urn: string): ResourceState | undefined {
    return this.#resources.find((resource) => resource.urn === urn && !resource.pendingDelete);
  }

  add(resource: ResourceState): void {
    this.#resources = [...this.#resources, resource];
  }

  /** Puts `next` in the place of the very object `old`. */
  replace(old: ResourceState, next: ResourceState): void {
    this.#resources = this.#resources.map((resource) => (resource === old ? next : resource));
  }

  remove(old: ResourceState): void {
    this.#resources = this.#resources.filter((resource) => resource !== old);
  }
}

/** The state as someone without the passphrase sees it: for searches for secret bytes. */
export function visibleText(snapshot: Snapshot): string {
  return JSON.stringify(
    snapshot.resources.map((resource) => ({
      ...resource,
      inputs: redacted(resource.inputs),
      outputs: redacted(resource.outputs),
    })),
  );
}

/** Paths of the secrets of one resource: "inputs.key", "outputs.hosts.a.password". */
export function secretPathsOf(resource: ResourceState): string[] {
  return secretPaths({ inputs: resource.inputs, outputs: resource.outputs });
}
