import type { Unchecked } from "../resource/definition";
import { mistake, type Finding } from "../resource/finding";
import { list, properties, text } from "../resource/known";

/** What cannot change under one name, because it says on which machine the agent is. Of two targets. */
export function movedFindings(before: Unchecked, after: Unchecked): Finding[] {
  const [old, renamed] = [text(before["loadBalancerId"]), text(after["loadBalancerId"])];
  if (old !== undefined && renamed !== undefined && old !== renamed)
    return [mistake("", "LOAD_BALANCER_RENAMED", { old, renamed })];
  const earlier = properties(before["hosts"]);
  return Object.entries(properties(after["hosts"])).flatMap(([name, host]) =>
    movedHost(properties(earlier[name]), properties(host), `hosts.${name}`),
  );
}

function movedHost(was: Unchecked, is: Unchecked, path: string): Finding[] {
  const [old, now] = [wayOf(was), wayOf(is)];
  if (old === undefined || now === undefined) return [];
  if (old.kind !== now.kind) return [mistake(path, "HOST_MOVED", { old: textOf(old), now: textOf(now) })];
  if (old.place === undefined || now.place === undefined || old.place === now.place) return [];
  if (now.kind === "here") {
    const parameters = { old: old.place, directory: now.place };
    return [mistake(`${path}.local.stateDir`, "STATE_DIRECTORY_MOVED", parameters)];
  }
  return sharesAddress(was, is)
    ? []
    : [mistake(`${path}.connection.host`, "HOST_MOVED", { old: textOf(old), now: textOf(now) })];
}

interface Way {
  readonly kind: "here" | "ssh";
  /** The state directory, or the machine's name or address; undefined while it is not known. */
  readonly place: string | undefined;
}

/** undefined: not known, or none was declared. */
function wayOf({ local, connection }: Unchecked): Way | undefined {
  if (local !== undefined) return { kind: "here", place: text(properties(local)["stateDir"]) };
  if (connection === undefined) return undefined;
  return { kind: "ssh", place: text(properties(connection)["host"]) };
}

function textOf({ kind, place }: Way): string {
  return kind === "here" ? "the machine that runs Pulumi" : (place ?? "a machine that is reached over SSH");
}

/** Another name for the same machine, as far as one can tell; while an address is not known it may be. */
function sharesAddress(was: Unchecked, is: Unchecked): boolean {
  const [before, after] = [list(was["addresses"]), list(is["addresses"])];
  const areKnown = after.length > 0 && after.every((address) => text(address) !== undefined);
  return !areKnown || after.some((address) => before.includes(address));
}
