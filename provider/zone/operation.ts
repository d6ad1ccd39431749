import { z } from "zod";
import type { Holding, Sight } from "../dns/claim/plan";
import type { Primary } from "../dns/rfc2136/primary";
import type { ResourceLog } from "../engine-log/resource-log";
import type { Deadline } from "../fleet/deadline";
import type { Remembered } from "../resource/remembered";
import { zoneSchema } from "./schema";

/** The hidden input of a resource that lives in somebody's zone and on no host. See resource/hidden-input.ts. */
export const hiddenZoneInput = z.object({
  zone: zoneSchema,
  /** project/stack/type/name: whose the records are. */
  owner: z.string(),
  /** For messages in the engine's log. */
  urn: z.string(),
});
export type HiddenZoneInput = z.infer<typeof hiddenZoneInput>;

/** What an operation may talk to besides its inputs. */
export interface ZoneSurroundings {
  readonly hidden: HiddenZoneInput;
  readonly primary: Primary;
  readonly log: ResourceLog;
  readonly deadline: Deadline;
}

/**
 * What create, read, update and delete need to know of a resource whose object is records in a zone. The counterpart
 * of resource/operation.ts; see cname-record/zone-operation.ts for one.
 */
export interface ZoneOperation<Inputs extends object> {
  readonly schema: z.ZodType<Inputs>;
  /** Of a new object. */
  readonly idOf: (inputs: Inputs, hidden: HiddenZoneInput) => string;
  /** Pure: the records that the zone shall have; null: somebody else puts them there. */
  readonly holdingOf: (inputs: Inputs, hidden: HiddenZoneInput) => Holding | null;
  /** For read: the inputs that would have made what is there, so that drift shows as a difference of inputs. */
  readonly inputsOf: (sight: Sight, old: Inputs) => Inputs;
  /** Outputs that need no look at the zone. */
  readonly outputsOf: (inputs: Inputs, hidden: HiddenZoneInput) => Record<string, unknown>;
  /** How long one operation may take, seconds. */
  readonly patienceSeconds: (inputs: Inputs) => number;
  /** Outputs that take a look at servers, after the change. Throwing here leaves the resource in need of repair. */
  readonly after?: (inputs: Inputs, around: ZoneSurroundings) => Promise<Record<string, unknown>>;
  /** For read: outputs as they are now. Never throws. */
  readonly observe?: (inputs: Inputs, around: ZoneSurroundings) => Promise<Record<string, unknown>>;
  /** What resolvers go on by for a while after the records are gone or others; null: nothing. */
  readonly remembered?: (inputs: Inputs) => Remembered | null;
}

/** `<project>-<stack>`: what ids begin with where there is no load balancer. */
export function stackOf({ owner }: HiddenZoneInput): string {
  return owner.split("/").slice(0, 2).join("-");
}
