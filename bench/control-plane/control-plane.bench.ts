import { cpus } from "node:os";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { hostsMissing, startHosts, type TestHosts } from "../../test/support/hosts";
import { describeUnless } from "../../test/support/needs";
import { createPulumiProject, pulumiMissing, type PulumiProject } from "../../test/support/pulumi-cli";
import type { Job } from "./job";

const HOSTS = ["edge-a", "edge-b", "edge-c"];
const RESOURCES = [1, 10, 50];
const ROUNDS = 3;
const PROGRAMS = resolve(__dirname, "programs");

interface Run {
  readonly seconds: number;
  /** SSH logins that the hosts' own sshd accepted. */
  readonly dials: number;
}

/**
 * `pulumi up` of N changed resources on three hosts, and of none, by the real CLI: this provider beside the way of a
 * plain remote command, which is one resource a host and operation with an SSH connection of its own. Side by side
 * in each round; medians of the rounds.
 */
describeUnless(hostsMissing() ?? pulumiMissing(), "control plane", () => {
  let hosts: TestHosts;
  beforeAll(async () => {
    hosts = await startHosts(HOSTS, { node: true });
  });

  it("up of N resources: wall time and SSH connections, beside one connection an operation", async () => {
    const ours = await createPulumiProject("offload", PROGRAMS);
    const peer = await createPulumiProject("dialing", PROGRAMS);
    const rows: string[] = [];
    for (const resources of RESOURCES) {
      const figures = { ours: [] as Run[], idle: [] as Run[], peer: [] as Run[], peerIdle: [] as Run[] };
      // Round 0 installs agents and makes the resources: not counted.
      for (let round = 0; round <= ROUNDS; round += 1) {
        const job = jobOf(hosts, resources, round);
        ours.configure(job);
        peer.configure(job);
        const runs = {
          ours: await measured(hosts, ours),
          idle: await measured(hosts, ours),
          peer: await measured(hosts, peer),
          peerIdle: await measured(hosts, peer),
        };
        if (round === 0) continue;
        figures.ours.push(runs.ours);
        figures.idle.push(runs.idle);
        figures.peer.push(runs.peer);
        figures.peerIdle.push(runs.peerIdle);
      }
      for (const { dials } of figures.ours) expect(dials).toBe(HOSTS.length);
      for (const { dials } of figures.idle) expect(dials).toBe(0);
      rows.push(rowOf(`${resources} changed`, median(figures.ours), median(figures.peer)));
      rows.push(rowOf(`none of ${resources}`, median(figures.idle), median(figures.peerIdle)));
    }
    await ours.destroy();
    await peer.destroy();
    report(rows);
  }, 3_600_000);
});

function jobOf(hosts: TestHosts, resources: number, round: number): Job {
  const connections = hosts.all.map((host) => [host.name, host.connection("root")] as const);
  const { privateKeyFile } = hosts;
  return { hosts: Object.fromEntries(connections), privateKeyFile, resources, round };
}

async function measured(hosts: TestHosts, project: PulumiProject): Promise<Run> {
  const before = await logins(hosts);
  const started = performance.now();
  await project.up();
  const seconds = (performance.now() - started) / 1_000;
  return { seconds, dials: (await logins(hosts)) - before };
}

async function logins(hosts: TestHosts): Promise<number> {
  const counts = await Promise.all(
    hosts.all.map((host) => host.sh("journalctl -u ssh -o cat --no-pager | grep -c '^Accepted ' || true")),
  );
  return counts.reduce((sum, count) => sum + Number(count), 0);
}

function median(runs: readonly Run[]): Run {
  const middle = (values: number[]): number =>
    values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
  return {
    seconds: middle(runs.map(({ seconds }) => seconds)),
    dials: middle(runs.map(({ dials }) => dials)),
  };
}

function rowOf(what: string, ours: Run, peer: Run): string {
  const ratio = (ours.seconds / peer.seconds).toFixed(2);
  const cells = [what, ours.seconds.toFixed(1), ours.dials, peer.seconds.toFixed(1), peer.dials, ratio];
  return `| ${cells.join(" | ")} |`;
}

function report(rows: readonly string[]): void {
  const table = [
    "| resources | this provider, s | SSH logins | a connection an operation, s | SSH logins | ratio of times |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
  const text = `# Control plane: \`pulumi up\` on ${HOSTS.length} hosts over SSH

Measured on ${new Date().toISOString().slice(0, 10)} by \`npm run bench\` (control-plane.bench.ts): real Pulumi CLI, real sshd
on ${HOSTS.length} hosts booted on one machine with ${cpus().length} cores, medians of ${ROUNDS} rounds, both sides one after the other in each
round. The peer is one dynamic resource a host and operation, each with an SSH connection of its own, which writes
one small file: the way of a plain remote command. Times hold all of \`pulumi up\`, the start of CLI and program included.

${table}
`;
  writeFileSync(join(__dirname, "RESULTS.md"), text);
}
