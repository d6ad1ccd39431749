import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { FactsAnswer } from "../contract/facts";
import { HOST_LAYOUT } from "../contract/host-layout";
import { unitText } from "./unit";

type UnitFacts = NonNullable<FactsAnswer["unit"]>;

const WANTED_BY = "/etc/systemd/system/multi-user.target.wants";
const DROP_INS = ["/etc/systemd/system", "/run/systemd/system"].map(
  (root) => `${root}/${HOST_LAYOUT.unit}.d`,
);

/** The unit on the disk against the one that this version writes. Drop-ins are somebody's own settings, no drift. */
export function unitFacts(): UnitFacts {
  if (!read("/proc/self/cgroup").includes(`/${HOST_LAYOUT.unit}`)) return { state: "none", dropIns: [] };
  const dropIns = DROP_INS.flatMap((folder) => entries(folder).map((name) => join(folder, name)));
  return { state: stateOf(read(HOST_LAYOUT.unitFile)), dropIns };
}

/**
 * Whether it starts with the machine, as facts tell and `install` mends it. By the link itself: systemd calls a unit
 * enabled, too, that is so until the next start only, or by a link of somebody's own.
 */
export function isEnabled(): boolean {
  return lstatSync(join(WANTED_BY, HOST_LAYOUT.unit), { throwIfNoEntry: false }) !== undefined;
}

function stateOf(text: string): UnitFacts["state"] {
  if (text === "") return "missing";
  if (text !== unitText()) return "edited";
  return isEnabled() ? "as installed" : "not enabled";
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(".conf"));
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
