import type { z } from "zod";
import { lease } from "../dns/leases";
import { outlastSeconds } from "../dns/outlast";
import type { ResourceLog } from "../engine-log/resource-log";
import type { Declaration } from "./definition";
import { declaredOf, type Properties } from "./properties";

/** A name that resolvers go on leading people by, for a while after it is gone or leads elsewhere. */
export interface Remembered {
  readonly name: string;
  /** To where they lead. */
  readonly target: string;
  readonly ttlSeconds: number;
}

/** A resource whose object is such a name. */
interface Rememberable<Inputs> {
  readonly schema: z.ZodType<Inputs>;
  readonly remembered?: (inputs: Inputs) => Remembered | null;
}

/** After an update by which a name leads elsewhere than before, or nowhere. */
export function leaseFormer<Inputs>(
  declaration: Declaration,
  resource: Rememberable<Inputs>,
  olds: Properties,
  news: Properties,
): void {
  const former = rememberedIn(declaration, resource, olds);
  if (former !== null && former.target !== rememberedIn(declaration, resource, news)?.target) lease(former);
}

/** Pulumi asks nobody when it previews a deletion; where another object takes this one's place, it does. */
export function foretellWait<Inputs>(
  declaration: Declaration,
  resource: Rememberable<Inputs>,
  olds: Properties,
  log: ResourceLog,
): void {
  const former = rememberedIn(declaration, resource, olds);
  const seconds = former === null ? 0 : outlastSeconds(former.ttlSeconds);
  if (former === null || seconds === 0) return;
  log.info(
    `taking ${former.name} away will wait ${seconds} s, until resolvers have forgotten it (OFFLOAD_SKIP_WAITS=1 does not wait)`,
  );
}

function rememberedIn<Inputs>(
  declaration: Declaration,
  { schema, remembered }: Rememberable<Inputs>,
  properties: Properties,
): Remembered | null {
  const inputs = schema.safeParse(declaredOf(declaration, properties));
  return inputs.success ? (remembered?.(inputs.data) ?? null) : null;
}
