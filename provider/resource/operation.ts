import type {
  DeclaredObject,
  DeclaredObjectOf,
  Document,
  ObjectKind,
  ObservedAnswer,
  StoredObject,
} from "tls-offload-agent/contract";
import type { z } from "zod";
import type { ResourceLog } from "../engine-log/resource-log";
import type { Deadline } from "../fleet/deadline";
import type { HostReport } from "../probe/report";
import type { AgentClient } from "../transport/agent-client";
import type { HiddenInput } from "./hidden-input";
import type { Properties } from "./properties";
import type { Remembered } from "./remembered";

/** What every object on a host carries besides its spec. */
export interface Identity {
  readonly id: string;
  readonly owner: string;
  readonly incarnation: string;
}

/** What an operation may talk to besides its inputs. */
export interface Surroundings {
  /** Of the object: a resource that got another name through an alias keeps the id that it was made with. */
  readonly id: string;
  readonly hidden: HiddenInput;
  readonly log: ResourceLog;
  readonly deadline: Deadline;
  /** The Active hosts' agents that answer, by host name. */
  readonly agents: ReadonlyMap<string, AgentClient>;
}

/** What the hosts say, host name -> observation. Hosts that were not reached are not in it. */
export type Seen = Readonly<Record<string, ObservedAnswer>>;

/** One host as it was looked at. */
export interface HostView {
  readonly confirmed: Document;
  /** What it shall serve just now: with a change that waits to be confirmed. */
  readonly document: Document;
  readonly observed: ObservedAnswer;
}

/** By host name; hosts that were not reached are not in it. */
export type Views = ReadonlyMap<string, HostView>;

/** How the listeners that a change affects are verified, where they do not say it themselves. */
export interface VerifyWish {
  readonly mode: "deployer" | "host" | "none";
  /** false: a change that takes something away must not fail on what is away already. Absent: each listener's own. */
  readonly requireHealthyBackend?: false;
}

/**
 * What create, read, update and delete need to know of a resource that is one object in the hosts' documents.
 * The same mechanism drives all of them; see certificate/operation.ts for one.
 */
export interface ObjectOperation<Inputs extends object, Kind extends ObjectKind> {
  readonly kind: Kind;
  readonly schema: z.ZodType<Inputs>;
  /** Of a new object. */
  readonly idOf: (inputs: Inputs, hidden: HiddenInput) => string;
  /** Pure: the object that the hosts shall have. */
  readonly objectOf: (inputs: Inputs, hidden: HiddenInput, identity: Identity) => DeclaredObjectOf<Kind>;
  /**
   * For read: the inputs that would declare this object, so that drift shows as a difference of inputs. `old` keeps
   * what an object does not tell; null: nothing is known (`static get`).
   */
  readonly inputsOf: (object: DeclaredObjectOf<Kind>, old: Inputs | null) => Inputs;
  /** Outputs that need no look at a host. No name of an input with another shape. */
  readonly outputsOf: (inputs: Inputs, hidden: HiddenInput) => Record<string, unknown>;
  /** The private key to send, read at the time of the change. */
  readonly keyOf?: (inputs: Inputs) => Promise<string | null>;
  /** Refuses the change before anything was touched, by throwing. */
  readonly before?: (inputs: Inputs, around: Surroundings) => Promise<void>;
  /** Outputs that take a look at the hosts, after the change. Throwing here leaves the resource in need of repair. */
  readonly after?: (
    inputs: Inputs,
    around: Surroundings,
    verified: Readonly<Record<string, readonly HostReport[]>>,
  ) => Promise<Record<string, unknown>>;
  /** What resolvers go on by for a while after the object is gone or another one; null: nothing. */
  readonly remembered?: (inputs: Inputs) => Remembered | null;
  /** Waits until nobody is led to the object any more, before it is taken away. */
  readonly outlast?: (hidden: HiddenInput, log: ResourceLog) => Promise<void>;
  /**
   * For read: outputs as they are now, and what is not served as it is declared, in sentences for a person. What the
   * agents themselves find wrong with the object is told for all kinds alike.
   */
  readonly observe?: (
    inputs: Inputs,
    around: Surroundings & { readonly lastOutputs: Properties },
    views: Views,
  ) => Promise<Observation>;
}

export interface Observation {
  readonly outputs: Record<string, unknown>;
  /** Host name -> what is wrong there. The next `up` applies the resource to these hosts again. */
  readonly notServed: Readonly<Record<string, string>>;
}

/** Narrows an object of a document to one kind. */
export function isKind<Kind extends ObjectKind>(
  object: DeclaredObject | StoredObject | undefined,
  kind: Kind,
): object is DeclaredObjectOf<Kind> & StoredObject {
  return object?.kind === kind;
}
