/**
 * Real hosts for tests: small Debians with systemd and sshd, each in namespaces of its own on this machine.
 *
 *     describeUnless(hostsMissing(), "...", () => {
 *       beforeAll(async () => {
 *         hosts = await startHosts(["edge-a", "edge-b", "edge-c"], { node: true }); // a few seconds
 *         a = hosts.host("edge-a");
 *       });
 *
 * - `hosts.gateway` is this machine's address as the hosts see it: backends listen there. The hosts see each other
 *   too (a jump host is one of them), and nothing else.
 * - `host.address`, `host.connection("deploy")`: what a program's `connection` takes. Users: `root`; `deploy`, who may
 *   `sudo` without a password; `plain`, who may not; `limited`, whose login only runs
 *   `proxy-agent dial-stdio` (`command="...",restrict`). All of them take the same key; `deploy` also a password
 *   (`host.passwordConnection()`).
 * - `host.sh("systemctl ...")`: as root, not through SSH, so also while that is cut. `host.path("/etc/passwd")`: the
 *   file as this machine can open it.
 * - `host.powerOff()`, `powerOn()`, `cutSsh()`, `restoreSsh()`, `cutPort(443)`, `restorePort(443)`,
 *   `fillDisk()`, `freeDisk()`.
 * - `hosts.add("edge-d", { node: true })`: one more. Without `node`, a host has no Node at all.
 *
 * They end with the test file, however that ends, and leave nothing: no process, mount, link or file.
 */
export { hostsMissing } from "./missing";
export { startHosts, type HostOptions, type TestHosts } from "./hosts";
export type { HostUser, TestHost } from "./host";
