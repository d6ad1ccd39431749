import { z } from "zod";
import { connectionSchema, proxySchema } from "../transport/ssh/connection";
import { zoneSchema } from "../zone/schema";

/*
 * Tolerant throughout: handles of other stacks and old states may have been written by a newer version, and what
 * this one does not know it does not need.
 */

/** How one host is reached: one of `local` and `connection`. Secrets by value are leaves of `connection`. */
export const targetHost = z.object({
  /** The host's outside addresses: what is verified and what the load balancer's name resolves to. */
  addresses: z.array(z.string()).min(1),
  bindAddresses: z.array(z.string()).min(1),
  /** A host in Maintenance is out of DNS and skipped with a warning. */
  status: z.enum(["Active", "Maintenance"]),
  /** The agent's state directory on this machine, absolute. */
  local: z.object({ stateDir: z.string() }).optional(),
  connection: z
    .object({ ...connectionSchema.shape, proxy: z.object(proxySchema.shape).optional() })
    .optional(),
});
export type TargetHost = z.infer<typeof targetHost>;

/** Somebody's zone in which a load balancer's name is. */
export const targetDns = z.object({ rfc2136: zoneSchema }).optional();

/** The load balancer as its dependents need it: from its arguments alone, so that it is known in every preview. */
export const targetSchema = z.object({
  loadBalancerId: z.string(),
  /** Of the LoadBalancer, for messages about its hosts. Older states have none. */
  urn: z.string().optional(),
  dnsName: z.string(),
  hosts: z.record(z.string(), targetHost),
  /** Where the name is published beside the embedded DNS servers; absent: nowhere. */
  dns: targetDns,
  /** Where the embedded DNS servers listen; null: they do not. */
  dnsPort: z.int().nullable(),
  verify: z.enum(["deployer", "host", "none"]),
  timeoutSeconds: z.number(),
});
export type Target = z.infer<typeof targetSchema>;

/**
 * The input that every resource carries beside the declared ones. Pulumi tells a dynamic provider neither URN
 * nor stack; keys that begin with two underscores reach it and are not shown by preview.
 */
export const hiddenInput = z.object({
  target: targetSchema,
  /** project/stack/type/name: who an object on a host belongs to. */
  owner: z.string(),
  /** For messages in the engine's log. */
  urn: z.string(),
});
export type HiddenInput = z.infer<typeof hiddenInput>;

/** The resource's name in the program: the last part of its owner. */
export function nameOf(hidden: Pick<HiddenInput, "owner">): string {
  return hidden.owner.split("/").slice(3).join("/");
}
