import type { TestHost } from "../support/hosts";

/** Written anew by every change of users, or by systemd itself. */
const NOT_OURS = ["/etc/*-", "/etc/.pwd.lock", "/var/lib/systemd/*", "/var/lib/private"];

const FILES = `find /etc /opt /usr/local /var/lib /var/log /root /home /tmp /var/tmp -xdev \\
  ${NOT_OURS.map((path) => `-not -path '${path}'`).join(" ")} -not -path '/var/log/*' \\
  -printf '%p %y %m %u:%g %l\\n'`;

/**
 * What an installation could leave on a host: files with owners and modes, users, groups, units and the programs
 * that run (how often does not count).
 */
export async function tracesOf(host: TestHost): Promise<readonly string[]> {
  const [files, users, groups, units, programs] = await Promise.all([
    host.sh(FILES),
    host.sh("cat /etc/passwd"),
    host.sh("cat /etc/group"),
    host.sh(
      "systemctl list-units --all --plain --no-legend --type=service,socket,timer,mount | cut -d ' ' -f 1",
    ),
    host.sh("cat /proc/[0-9]*/comm 2>/dev/null || true"),
  ]);
  const own = new Set(["cat", "sh", "find", "systemctl", "cut", "systemd-executo"]);
  const running = new Set(programs.split("\n").filter((program) => !own.has(program)));
  return [files, users, groups, units, [...running].join("\n")].flatMap((text) => text.split("\n")).sort();
}
