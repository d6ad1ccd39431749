import { beforeAll, describe, expect, it } from "vitest";
import { resolveName, visit } from "../../scripts/demo/visit";
import { SITE_NAME } from "../e2e/site";
import { hostsMissing } from "../support/hosts";
import { describeUnless } from "../support/needs";
import { pulumiMissing } from "../support/pulumi-cli";
import { keySecret } from "../support/secret-forms";
import { REMEDIES } from "../support/ssh/remedies";
import { until } from "../support/until";
import { onCleanup } from "../support/workspace";
import { loginsByValue } from "./logins-by-value";
import { createHostsSite, type HostsSite } from "./site";
import { leavesNoTrace, tracesOf } from "./traces";
import { watchForSecrets, type SecretWatch } from "./secrets";

const HOST_NAMES = ["edge-a", "edge-b", "edge-c"];

describeUnless(
  hostsMissing() ?? pulumiMissing(),
  "the seed scenario on three fresh hosts without Node",
  () => {
    let on: HostsSite;
    let before: (readonly string[])[];
    let watch: SecretWatch;
    let firstUp: string;
    beforeAll(async () => {
      on = await createHostsSite(HOST_NAMES);
      before = await Promise.all(on.hosts.all.map(tracesOf));
      const { hosts, hostsMistyped, secrets } = loginsByValue(on.hosts);
      watch = watchForSecrets(on, [keySecret("certificate's key", on.site.key), ...secrets]);
      onCleanup(watch.stop);
      on.configure({ hosts: hostsMistyped });
      const { output } = await on.project.fail("up", "--yes", "--skip-preview");
      expect(output).toContain(REMEDIES.loginRefused);
      on.configure({ hosts });
      firstUp = (await on.project.up()).output;
    });

    it("installs the agent on each and creates all six resources", () => {
      expect(firstUp).toMatch(/\+ 6 created/);
      for (const name of HOST_NAMES) {
        expect(firstUp).toMatch(new RegExp(`host ${name}: agent \\S+ is installed`));
      }
    });

    it.each(HOST_NAMES)("brings visitors of %s to ECS01 and ECS02", async (name) => {
      const { address } = on.hosts.host(name);
      const seen = new Set<string>();
      await until("both backends were seen", async () => {
        const { servedBy } = await visit(SITE_NAME, address, 443, on.authority.certPem);
        seen.add(servedBy);
        return seen.size === 2;
      });
      expect([...seen].sort()).toEqual(["ECS01", "ECS02"]);
    });

    it.each(HOST_NAMES)("resolves the name to all three hosts when %s is asked", async (name) => {
      const { chain, addresses } = await resolveName(`${on.hosts.host(name).address}:53`, SITE_NAME);
      expect(chain).toEqual([SITE_NAME, "web.lb.example.test"]);
      expect([...addresses].sort()).toEqual(on.hosts.all.map(({ address }) => address));
    });

    it("changes nothing when it is applied again, and finds nothing by a refresh", async () => {
      await on.project.up("--expect-no-changes");
      await on.project.preview("--refresh", "--expect-no-changes");
    });

    describe("the sandbox", () => {
      it("leaves the agent little to do harm with", async () => {
        const security = await on.hosts
          .host("edge-a")
          .sh("systemd-analyze security --no-pager tls-offload.service");
        const [, exposure] = /Overall exposure level[^:]*: ([\d.]+)/.exec(security) ?? [];
        expect(Number(exposure), security).toBeLessThanOrEqual(1.5);
      });

      it("serves the ports 443 and 53 as a user without rights, and never dumps keys in a core file", async () => {
        const host = on.hosts.host("edge-a");
        const holders = await host.sh(
          "ss --no-header --listening --tcp --udp --numeric --processes 'sport = 443 or sport = 53'",
        );
        const pids = [...holders.matchAll(/pid=(\d+)/g)].map(([, pid]) => pid ?? "");
        expect(new Set(holders.match(/:(443|53)\s/g)?.map((port) => port.trim()))).toEqual(
          new Set([":443", ":53"]),
        );
        expect(pids.length).toBeGreaterThan(2);
        for (const pid of new Set(pids)) {
          expect(await host.sh(`stat -c %U /proc/${pid}`)).toBe("tls-offload");
          expect(await host.sh(`grep -E '^(CapEff|NoNewPrivs)' /proc/${pid}/status`)).toMatch(
            // Only CAP_NET_BIND_SERVICE, bit 10.
            /^CapEff:\t0{13}[04]00\nNoNewPrivs:\t1$/,
          );
          expect(await host.sh(`grep 'Max core file size' /proc/${pid}/limits`)).toMatch(/size +0 +0 /);
        }
      });
    });

    it("shows no secret to anybody on the hosts or here, in no process, file, journal, answer, state or message", async () => {
      await on.project.up("--refresh");
      await watch.lookAtHosts();
      const { found, processes } = watch.report();
      expect(found).toEqual([]);
      expect(processes, "processes of the agents").toBeGreaterThan(HOST_NAMES.length);
    });

    it("leaves no unit, user, file or process of its own when it is destroyed", async () => {
      const installed = (await tracesOf(on.hosts.host("edge-a"))).join("\n");
      for (const trace of ["tls-offload.service", "tls-offload:x:", "/usr/local/bin/proxy-agent"]) {
        expect(installed).toContain(trace);
      }
      await on.project.destroy();
      for (const [index, host] of on.hosts.all.entries()) {
        // The connections of the provider end a moment after it.
        await leavesNoTrace(host, before[index] ?? []);
      }
      expect(watch.report().found).toEqual([]);
    });
  },
);
