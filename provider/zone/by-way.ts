import type { Verbs } from "../resource/handler";
import { isPlainObject } from "../resource/parse";
import type { Properties } from "../resource/properties";

/** One resource, two places where it may be: on a load balancer's hosts, or in somebody's zone. */
export function byWay(onHosts: Verbs, inZone: Verbs): Verbs {
  const of = (properties: Properties): Verbs => (isInZone(properties) ? inZone : onHosts);
  return {
    create: (inputs, log) => of(inputs).create(inputs, log),
    read: (id, properties, log) => of(properties).read(id, properties, log),
    // From one to the other is a replacement.
    update: (id, olds, news, log) => of(news).update(id, olds, news, log),
    delete: (id, properties, log) => of(properties).delete(id, properties, log),
    foretellRemoval: (olds, log) => of(olds).foretellRemoval?.(olds, log),
  };
}

export function isInZone(properties: Properties): boolean {
  const hidden = properties["__offload"];
  return isPlainObject(hidden) && hidden["zone"] !== undefined;
}
