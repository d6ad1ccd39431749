import type { TestHost } from "../support/hosts";
import { until } from "../support/until";

/**
 * Written anew by every change of users, or by systemd itself. Before version 255 it leaves the empty folder in which
 * it was making a service's /dev, when the service is stopped at that moment: one that keeps dying is often.
 */
const NOT_OURS = [
  ...["/etc/*-", "/etc/.pwd.lock", "/var/lib/systemd/*", "/var/lib/private"],
  "/tmp/namespace-dev-*",
];

const FILES = `find /etc /opt /usr/local /var/lib /var/log /root /home /tmp /var/tmp -xdev \\
  ${NOT_OURS.map((path) => `-not -path '${path}'`).join(" ")} -not -path '/var/log/*' \\
  -printf '%p %y %m %u:%g %l\\n'`;

const UNITS =
  "systemctl list-units --all --plain --no-legend --type=service,socket,timer,mount | cut -d ' ' -f 1";

/** Not what asks: the shell, and the program that lists. */
const PROGRAMS = "cat /proc/[0-9]*/comm 2>/dev/null | grep -vx -e sh -e cat -e grep -e sort | sort -u";

/**
 * What an installation could leave on a host: files with owners and modes, users, groups, units and the programs
 * that run (how often does not count).
 */
export async function tracesOf(host: TestHost): Promise<readonly string[]> {
  const texts: string[] = [];
  // One after the other: each question runs programs of its own on the host, which are no traces.
  for (const question of [FILES, "cat /etc/passwd", "cat /etc/group", UNITS, PROGRAMS]) {
    texts.push(await host.sh(question));
  }
  return texts.flatMap((text) => text.split("\n")).sort();
}

/** Waits until the host is as it was before. Fails with what has come and what is gone, line by line. */
export async function leavesNoTrace(host: TestHost, before: readonly string[]): Promise<void> {
  await until(`${host.name} is as before`, async () => {
    const now = await tracesOf(host);
    const [come, gone] = [lacking(before, now), lacking(now, before)];
    if (come.length + gone.length === 0) return true;
    throw new Error(`come: ${come.join(", ") || "nothing"}; gone: ${gone.join(", ") || "nothing"}`);
  });
}

function lacking(one: readonly string[], other: readonly string[]): string[] {
  const known = new Set(one);
  return other.filter((line) => !known.has(line));
}
