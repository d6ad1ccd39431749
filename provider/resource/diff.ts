import type { z } from "zod";
import { SCHEMA_VERSION, type Declaration, type Unchecked } from "./definition";
import { comparableTarget } from "./comparable-target";
import { isPlainObject, parseTolerant } from "./parse";
import { withoutAt } from "./paths";
import { hasUnknown, isUnknown } from "./unknowns";

export interface Difference {
  readonly changes: boolean;
  /** Properties because of which another object takes the place of this one. */
  readonly replaces: readonly string[];
  /** Replacement creates first, so that the new object serves before the old one goes. */
  readonly deleteBeforeReplace: false;
  /** Every path that changes, or may change because it is still unknown: "servers", "healthCheck.healthyThreshold". */
  readonly paths: readonly string[];
}

/** The provider's diff: pure, total over unknowns. `olds` are the outputs of the last operation. */
export function diffInputs(declaration: Declaration, olds: Unchecked, news: Unchecked): Difference {
  const left = comparable(declaration, olds);
  const right = comparable(declaration, news);
  const declared = changedPaths(left, right, "", declaration.orderless);
  const { paths: hidden, moved } = changedHidden(olds, news);
  const paths = [...declared, ...hidden, ...olderShape(olds)];
  const replaces = declaration.replaceOn.filter((name) => declared.some((path) => isWithin(path, name)));
  // Its own id cannot change: check sees to that.
  if (declaration.type !== "LoadBalancer") replaces.push(...moved);
  return { changes: paths.length > 0, replaces, deleteBeforeReplace: false, paths };
}

/** The declared properties with the defaults of today, so that a default that came later is no difference. */
function comparable({ schema, notCompared, secrets }: Declaration, values: Unchecked): Unchecked {
  // Outputs have no secrets. A login's are compared in the hidden input.
  const open = withoutAt(values, secrets) as Unchecked;
  const declared = Object.fromEntries(
    Object.entries(open).filter(([name]) => Object.hasOwn(schema.shape, name)),
  );
  const filled = Object.entries<z.ZodType>(schema.shape).flatMap(([name, property]) => {
    if (notCompared.includes(name)) return [];
    const parsed = parseTolerant(property, declared[name]);
    // A value that today's schema refuses is compared as it is.
    return [[name, parsed.mistakes.length === 0 ? parsed.value : declared[name]] as const];
  });
  return Object.fromEntries(filled);
}

/**
 * What the hosts and their load balancer, or the zone, are, as a resource keeps them. Not the URN: a move of the
 * resource is no change. `moved`: its object is to be in another place.
 */
function changedHidden(olds: Unchecked, news: Unchecked): { paths: string[]; moved: string[] } {
  const [left, right] = [olds["__offload"], news["__offload"]];
  if (isUnknown(left) || isUnknown(right)) return { paths: ["__offload"], moved: [] };
  const before = comparableTarget(left);
  const after = comparableTarget(right);
  const changed = changedPaths(before.compared, after.compared, "", [
    "hosts.*.addresses",
    "hosts.*.bindAddresses",
  ]);
  const isMoved = before.place !== after.place || before.id !== after.id;
  const moved = isMoved && !isUnknown(after.id) ? [after.place] : [];
  const paths = [...moved, ...(changed.length > 0 ? ["hosts"] : []), ...changedOwner(olds, news)];
  return { paths, moved };
}

function changedOwner(olds: Unchecked, news: Unchecked): string[] {
  const owner = (values: Unchecked): unknown => {
    const hidden = values["__offload"];
    return isPlainObject(hidden) ? hidden["owner"] : undefined;
  };
  return owner(olds) === owner(news) ? [] : ["owner"];
}

function olderShape(olds: Unchecked): string[] {
  const version = olds["schemaVersion"];
  return typeof version === "number" && version < SCHEMA_VERSION ? ["schemaVersion"] : [];
}

function changedPaths(
  left: unknown,
  right: unknown,
  path: string,
  orderless: readonly string[],
): readonly string[] {
  if (isUnknown(left) || isUnknown(right)) return [path];
  if (isPlainObject(left) && isPlainObject(right)) {
    const names = [...new Set([...Object.keys(left), ...Object.keys(right)])];
    return names.flatMap((name) =>
      changedPaths(left[name], right[name], path === "" ? name : `${path}.${name}`, orderless),
    );
  }
  if (Array.isArray(left) && Array.isArray(right)) {
    if (hasUnknown(left) || hasUnknown(right)) return [path];
    const order = orderless.some((pattern) => matches(pattern, path)) ? sorted : (list: unknown[]) => list;
    return canonical(order(left)) === canonical(order(right)) ? [] : [path];
  }
  return canonical(left) === canonical(right) ? [] : [path];
}

function matches(pattern: string, path: string): boolean {
  const [wanted, actual] = [pattern.split("."), path.split(".")];
  return (
    wanted.length === actual.length && wanted.every((part, index) => part === "*" || part === actual[index])
  );
}

function sorted(list: unknown[]): unknown[] {
  return [...list].sort((one, other) => (canonical(one) < canonical(other) ? -1 : 1));
}

/** One text for equal values: names in order, undefined left out. */
function canonical(value: unknown): string {
  if (value === undefined) return "undefined";
  return JSON.stringify(value, (_name, inner: unknown) =>
    isPlainObject(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}

/** "hosts.edge-a.addresses[0]" is within "hosts". */
function isWithin(path: string, outer: string): boolean {
  return path === outer || (path.startsWith(outer) && /^[.[]/.test(path.slice(outer.length)));
}
