import { join } from "node:path";
import type { ConnectionOptions } from "node:tls";
import * as offload from "pulumi-tls-offload";
import {
  createAuthority,
  type Authority,
  type IssuedCertificate,
} from "../../../scripts/demo/certificate-authority";
import { startBackend } from "../../support/backend";
import type { DnsPrimary } from "../../support/dns";
import type { ZoneServers } from "../../support/dns/caching-resolver";
import { MiniEngine, type Program } from "../../support/engine";
import { freePort } from "../../support/free-port";
import { onCleanup, temporaryDirectory } from "../../support/workspace";
import type { Journey } from "./visitors";

const SITE = "www.example.test";
const ZONE = "example.test";
/** Longer than any test lives: connections end because clients end them. */
const DRAIN_SECONDS = 300;

export const BALANCERS = { one: "127.0.0.211", two: "127.0.0.212" } as const;
export type Balancer = keyof typeof BALANCERS;

/** Where the names are published. */
export interface Publication {
  /** Whom resolvers ask. */
  readonly servers: ZoneServers;
  readonly balancer: (name: Balancer) => Pick<offload.LoadBalancerArgs, "dns" | "dnsListen">;
  readonly domain: (one: offload.LoadBalancer) => offload.DomainArgs["dns"];
}

export function inZoneOf({ address, port, key, zone }: DnsPrimary): Publication {
  const rfc2136 = { server: address, port, zone, keyName: key.name, keySecret: key.secret };
  return {
    servers: { [zone]: { address, port } },
    balancer: () => ({ dns: { rfc2136 } }),
    domain: () => ({ rfc2136 }),
  };
}

/** By the load balancers' own DNS servers; the site's zone is on the first one. */
export async function embedded(): Promise<Publication> {
  const port = await freePort();
  const server = (name: Balancer): ZoneServers[string] => ({ address: BALANCERS[name], port });
  return {
    servers: { [ZONE]: server("one"), [nameOf("one")]: server("one"), [nameOf("two")]: server("two") },
    balancer: (name) => ({ dnsListen: { addresses: [BALANCERS[name]], port } }),
    domain: (loadBalancer) => ({ embedded: { loadBalancer } }),
  };
}

/** What one turn of the program declares. Load balancer one is always there. */
export interface TrafficSettings {
  /** Those with a listener. */
  readonly serving: readonly Balancer[];
  /** Where the site's name leads. */
  readonly leadsTo: Balancer;
}

/** A site whose name leads to one of two load balancers, each on an address of its own. */
export class TrafficSite {
  readonly #directory = temporaryDirectory("traffic");

  private constructor(
    readonly engine: MiniEngine,
    private readonly publication: Publication,
    private readonly authority: Authority,
    private readonly certificate: IssuedCertificate,
    private readonly port: number,
    private readonly servers: readonly offload.ServerArgs[],
  ) {}

  static async start(publication: Publication): Promise<TrafficSite> {
    const authority = await createAuthority();
    const certificate = await authority.issue({ names: [SITE] });
    const backends = await Promise.all(["ECS01", "ECS02"].map((name) => startBackend(name)));
    // No resolver of this machine may send anybody elsewhere.
    const env = { OFFLOAD_SKIP_WAITS: "", OFFLOAD_DNS_RESOLVERS: "127.0.0.1:1" };
    const engine = new MiniEngine({ keepProvider: true, env });
    onCleanup(() => engine.stop());
    const servers = backends.map(({ name, port }) => ({ serverId: name, serverIp: "127.0.0.1", port }));
    return new TrafficSite(engine, publication, authority, certificate, await freePort(), servers);
  }

  get journey(): Journey {
    const { publication, port, authority } = this;
    return { servers: publication.servers, name: SITE, port, ca: authority.certPem };
  }

  clientOptions(balancer: Balancer): ConnectionOptions {
    const { port, authority } = this;
    return { host: BALANCERS[balancer], port, servername: SITE, ca: authority.certPem };
  }

  program({ serving, leadsTo }: TrafficSettings): Program {
    return () => {
      const one = this.#loadBalancer("one");
      const listeners = {
        one: serving.includes("one") ? this.#listener("one", one) : undefined,
        two: serving.includes("two") ? this.#listener("two", this.#loadBalancer("two")) : undefined,
      };
      const value = listeners[leadsTo]?.dnsName;
      if (value === undefined) throw new Error(`${leadsTo} does not serve`);
      const domainName = new offload.Domain("domain", {
        domainName: ZONE,
        dns: this.publication.domain(one),
      });
      new offload.CnameRecord("www", { domainName, rr: "www", value, ttl: 2 });
    };
  }

  #loadBalancer(name: Balancer): offload.LoadBalancer {
    const stateDir = join(this.#directory, name);
    return new offload.LoadBalancer(name, {
      hosts: { [name]: { addresses: [BALANCERS[name]], local: { stateDir } } },
      dnsName: nameOf(name),
      ...this.publication.balancer(name),
    });
  }

  #listener(name: Balancer, loadBalancer: offload.LoadBalancer): offload.TcpSslListener {
    const group = new offload.ServerGroup(`${name}-servers`, {
      loadBalancer,
      servers: [...this.servers],
      connectionDrainEnabled: true,
      connectionDrainTimeout: DRAIN_SECONDS,
      healthCheck: { healthCheckInterval: 1, healthCheckConnectTimeout: 1 },
    });
    const { chainPem: cert, keyPem: key } = this.certificate;
    const certificate = new offload.Certificate(`${name}-www`, { loadBalancer, cert, key });
    return new offload.TcpSslListener(`${name}-https`, {
      loadBalancer,
      listenerPort: this.port,
      certificateIds: [certificate.id],
      securityPolicyId: "tls_cipher_policy_1_2_strict_with_1_3",
      serverGroupId: group.id,
    });
  }
}

function nameOf(balancer: Balancer): string {
  return `${balancer}.lb.${ZONE}`;
}
