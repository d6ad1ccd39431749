import { join } from "node:path";
import * as offload from "pulumi-tls-offload";
import { createAuthority, type Authority } from "../../../scripts/demo/certificate-authority";
import { resolveThrough, type Resolved } from "../../../provider/dns/resolve";
import { startBackend } from "../../support/backend";
import type { DnsPrimary } from "../../support/dns";
import { MiniEngine, type MiniEngineOptions, type Program } from "../../support/engine";
import { freePort } from "../../support/free-port";
import { onCleanup, temporaryDirectory } from "../../support/workspace";

export const SITE = "www.example.test";
export const NAME = "web.lb.example.test";

/** What one turn of the program declares. */
export interface SeedSettings {
  /** Host name -> its loopback address. */
  readonly hosts: Readonly<Record<string, string>>;
  readonly dnsName: string;
  readonly adopt: boolean;
  readonly dnsListen: offload.LoadBalancerArgs["dnsListen"];
  readonly withListener: boolean;
  readonly ttl: number;
}

/** The seed scenario with all names in one zone of a real DNS server, on local agents in the mini engine. */
export class SeedSite {
  private constructor(
    readonly primary: DnsPrimary,
    readonly engine: MiniEngine,
    readonly authority: Authority,
    readonly port: number,
    private readonly cert: string,
    private readonly key: string,
    private readonly servers: readonly offload.ServerArgs[],
    readonly settings: SeedSettings,
  ) {}

  static async start(
    primary: DnsPrimary,
    hosts: SeedSettings["hosts"],
    { env, ...options }: MiniEngineOptions = {},
  ): Promise<SeedSite> {
    const authority = await createAuthority();
    const { chainPem, keyPem } = await authority.issue({ names: [SITE] });
    const backends = await Promise.all(["ECS01", "ECS02"].map((name) => startBackend(name)));
    // No resolver of this machine may send anybody elsewhere.
    const environment = { OFFLOAD_SKIP_WAITS: "1", OFFLOAD_DNS_RESOLVERS: "127.0.0.1:1", ...env };
    const engine = new MiniEngine({ keepProvider: true, env: environment, ...options });
    onCleanup(() => engine.stop());
    const servers = backends.map(({ name, port }) => ({ serverId: name, serverIp: "127.0.0.1", port }));
    const settings = {
      hosts,
      dnsName: NAME,
      adopt: false,
      dnsListen: undefined,
      withListener: true,
      ttl: 600,
    };
    const port = await freePort();
    return new SeedSite(primary, engine, authority, port, chainPem, keyPem, servers, settings);
  }

  readonly directory = temporaryDirectory("seed");

  program(changes: Partial<SeedSettings> = {}): Program {
    const settings = { ...this.settings, ...changes };
    return () => {
      const { address: server, port, key, zone } = this.primary;
      const rfc2136 = { server, port, keyName: key.name, keySecret: key.secret };
      const hosts = Object.entries(settings.hosts).map(([name, address]) => [
        name,
        { addresses: [address], local: { stateDir: join(this.directory, name) } },
      ]);
      const loadBalancer = new offload.LoadBalancer("web", {
        hosts: Object.fromEntries(hosts) as offload.LoadBalancerArgs["hosts"],
        dnsName: settings.dnsName,
        dns: { rfc2136: { ...rfc2136, zone } },
        adopt: settings.adopt,
        dnsListen: settings.dnsListen,
      });
      const { dnsHealth } = loadBalancer;
      if (!settings.withListener) return { dnsHealth };
      const group = new offload.ServerGroup("servers", {
        loadBalancer,
        servers: [...this.servers],
        healthCheck: { healthCheckInterval: 1, healthCheckConnectTimeout: 1 },
      });
      const { cert, key: certificateKey } = this;
      const certificate = new offload.Certificate("www", { loadBalancer, cert, key: certificateKey });
      const listener = new offload.TcpSslListener("https", {
        loadBalancer,
        listenerPort: this.port,
        certificateIds: [certificate.id],
        securityPolicyId: "tls_cipher_policy_1_2_strict_with_1_3",
        serverGroupId: group.id,
      });
      const domainName = new offload.Domain("domain", { domainName: zone, dns: { rfc2136 } });
      new offload.CnameRecord("www", { domainName, rr: "www", value: listener.dnsName, ttl: settings.ttl });
      return { dnsHealth };
    };
  }

  /** To where the site's name leads, by the zone's own server. */
  resolved(): Promise<Resolved> {
    const { address, port } = this.primary;
    return resolveThrough({ servers: [{ address, port }], name: SITE });
  }
}
