import * as offload from "pulumi-tls-offload";
import { expect } from "vitest";
import type { DnsPrimary } from "../../support/dns";
import { DeploymentError, MiniEngine, type MiniEngineOptions, type Program } from "../../support/engine";
import { onCleanup } from "../../support/workspace";

/** What one turn of the program declares. */
export interface ZoneSettings {
  readonly rr: string;
  readonly value: string;
  readonly ttl: number;
  readonly status: "ENABLE" | "DISABLE";
  readonly adopt: boolean;
  readonly withRecord: boolean;
  readonly domain: Partial<Omit<offload.DomainArgs, "dns">>;
  readonly way: Partial<offload.Rfc2136Args>;
}

const STANDARD: ZoneSettings = {
  rr: "www",
  value: "web.lb.example.net",
  ttl: 600,
  status: "ENABLE",
  adopt: false,
  withRecord: true,
  domain: {},
  way: {},
};

/** A domain and a record of it in a real server's zone; the record leads to no load balancer. */
export class ZoneSite {
  readonly engine: MiniEngine;

  constructor(
    readonly primary: DnsPrimary,
    { env, ...options }: MiniEngineOptions = {},
  ) {
    // No resolver of this machine may send anybody elsewhere.
    const environment = { OFFLOAD_SKIP_WAITS: "1", OFFLOAD_DNS_RESOLVERS: "127.0.0.1:1", ...env };
    this.engine = new MiniEngine({ keepProvider: true, env: environment, ...options });
    onCleanup(() => this.engine.stop());
  }

  program(changes: Partial<ZoneSettings> = {}): Program {
    const settings = { ...STANDARD, ...changes };
    return () => {
      const domain = new offload.Domain("domain", {
        domainName: this.primary.zone,
        ...settings.domain,
        dns: { rfc2136: { ...this.way(), ...settings.way } },
      });
      const verification = { status: domain.verificationStatus, record: domain.verificationRecord };
      if (!settings.withRecord) return { verification };
      const { rr, value, ttl, status, adopt } = settings;
      const record = new offload.CnameRecord("www", { domainName: domain, rr, value, ttl, status, adopt });
      return { verification, fqdn: record.fqdn };
    };
  }

  /** What a person reads of an `up` that has to fail. */
  async failure(changes: Partial<ZoneSettings> = {}): Promise<string> {
    const error: unknown = await this.engine.up(this.program(changes)).catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(DeploymentError);
    return (error as DeploymentError).message;
  }

  way(): offload.Rfc2136Args {
    const { address: server, port, key } = this.primary;
    return { server, port, keyName: key.name, keyAlgorithm: key.algorithm, keySecret: key.secret };
  }
}
