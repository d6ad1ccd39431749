import { z } from "zod";
import { lease } from "../dns/leases";
import { outlastResolvers, outlastSeconds } from "../dns/outlast";
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

/** In the outputs: what the name said before an update, where resolvers may go on by it for longer than by what it says now. */
const formerAnswer = z.object({
  name: z.string(),
  /** By the clock of the machine that ran Pulumi. */
  until: z.iso.datetime(),
});
type FormerAnswer = z.output<typeof formerAnswer>;

/** After the name is gone: until resolvers have forgotten all that it said. */
export async function outlastName<Inputs>(
  declaration: Declaration,
  resource: Rememberable<Inputs>,
  properties: Properties,
  log: ResourceLog,
): Promise<void> {
  const now = Date.now();
  const memory = memoryOf(declaration, resource, properties, now);
  if (memory !== null) await outlastResolvers(memory.name, secondsFrom(now, memory), log);
}

/** For the outputs of an update: its TTL fell, or it leads nowhere now. */
export function formerAnswerAfter<Inputs>(
  declaration: Declaration,
  resource: Rememberable<Inputs>,
  olds: Properties,
  news: Properties,
): { readonly formerAnswer?: FormerAnswer } {
  const now = Date.now();
  const former = memoryOf(declaration, resource, olds, now);
  const end = memoryOf(declaration, resource, news, now)?.endMilliseconds ?? now;
  if (former === null || former.endMilliseconds <= end) return {};
  return { formerAnswer: { name: former.name, until: new Date(former.endMilliseconds).toISOString() } };
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
  const now = Date.now();
  const memory = memoryOf(declaration, resource, olds, now);
  const seconds = memory === null ? 0 : outlastSeconds(secondsFrom(now, memory));
  if (memory === null || seconds === 0) return;
  log.info(
    `taking ${memory.name} away will wait ${seconds} s, until resolvers have forgotten it (OFFLOAD_SKIP_WAITS=1 does not wait)`,
  );
}

interface Memory {
  readonly name: string;
  readonly endMilliseconds: number;
}

/** The longest that resolvers would go on by the name, if it went now; null: they would not. */
function memoryOf<Inputs>(
  declaration: Declaration,
  resource: Rememberable<Inputs>,
  properties: Properties,
  nowMilliseconds: number,
): Memory | null {
  const current = rememberedIn(declaration, resource, properties);
  const former = formerAnswer.safeParse(properties["formerAnswer"]);
  const memories: Memory[] = [];
  if (former.success) {
    memories.push({ name: former.data.name, endMilliseconds: Date.parse(former.data.until) });
  }
  if (current !== null) {
    const endMilliseconds = nowMilliseconds + current.ttlSeconds * 1_000;
    memories.push({ name: current.name, endMilliseconds });
  }
  return memories.sort((one, other) => other.endMilliseconds - one.endMilliseconds)[0] ?? null;
}

function secondsFrom(nowMilliseconds: number, { endMilliseconds }: Memory): number {
  return Math.ceil((endMilliseconds - nowMilliseconds) / 1_000);
}

function rememberedIn<Inputs>(
  declaration: Declaration,
  { schema, remembered }: Rememberable<Inputs>,
  properties: Properties,
): Remembered | null {
  const inputs = schema.safeParse(declaredOf(declaration, properties));
  return inputs.success ? (remembered?.(inputs.data) ?? null) : null;
}
