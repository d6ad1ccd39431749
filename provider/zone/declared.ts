import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { normalize } from "../dns/name";
import { changeInput, sealed } from "../program/sealed";
import type { Rfc2136Args } from "./args";
import { ZONE_FILE, ZONE_SECRET, type Zone } from "./schema";

const zones = new WeakMap<pulumi.Resource, pulumi.Input<Zone>>();

/** The zone as resources keep it, from a program's arguments alone: known in every preview. */
export function makeZone(args: Rfc2136Args, fallback: pulumi.Input<string>): pulumi.Input<Zone> {
  const zone = { ...args, zone: normalName(args.zone ?? fallback) } as pulumi.Input<Zone>;
  return sealed(changeInput(zone, [ZONE_FILE], lasting), [ZONE_SECRET]);
}

/** For a Domain, and for what leads its records to the zone. */
export function rememberZone(resource: pulumi.Resource, zone: pulumi.Input<Zone>): void {
  zones.set(resource, zone);
}

export function zoneOf(resource: pulumi.Resource): pulumi.Input<Zone> | undefined {
  return zones.get(resource);
}

/** Refresh and destroy may run in another directory. `~` stays: it is the home of whoever runs them. */
export function lasting(path: unknown): unknown {
  return typeof path !== "string" || path === "" || path.startsWith("~/") ? path : resolve(path);
}

/** Names are compared without case and final dot; so they are kept that way. */
export function normalName(name: pulumi.Input<string>): pulumi.Input<string> {
  return typeof name === "string" ? normalize(name) : pulumi.output(name).apply(normalize);
}
