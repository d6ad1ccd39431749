import type * as pulumi from "@pulumi/pulumi";
import type { Domain } from "../domain/resource";
import { OffloadResource, type ResourceKind } from "../resource/base";
import type { CnameRecordArgs } from "./args";
import { cnameRecordDeclaration } from "./declaration";
import { findDomain } from "./find-domain";
import type { CnameRecordInputs } from "./schema";

const kind: ResourceKind = {
  declaration: cnameRecordDeclaration,
  provider: "cnameRecord",
  outputs: ["fqdn"],
};

/**
 * A name that leads to the load balancer. Refused while the domain's ownership is not proved. Its id is
 * `<load balancer>/record/<fqdn>`. See docs/resources/cname-record.md.
 */
export class CnameRecord extends OffloadResource {
  declare readonly domainName: pulumi.Output<string>;
  /** The id of the domain's object. */
  declare readonly domainId: pulumi.Output<string>;
  declare readonly rr: pulumi.Output<string>;
  declare readonly value: pulumi.Output<string>;
  /** Seconds. */
  declare readonly ttl: pulumi.Output<number>;
  declare readonly line: pulumi.Output<"default">;
  declare readonly status: pulumi.Output<CnameRecordInputs["status"]>;
  declare readonly remark: pulumi.Output<string>;
  declare readonly adopt: pulumi.Output<boolean>;
  /** The record's whole name, such as `www.example.com`. */
  declare readonly fqdn: pulumi.Output<string>;

  /**
   * @param name The resource's name in the program.
   * @param args See CnameRecordArgs; mistakes are reported by the constructor and by `pulumi preview`.
   */
  constructor(name: string, args: CnameRecordArgs, options?: pulumi.CustomResourceOptions) {
    const { domainName, domainId, ...place } = findDomain(args.domainName);
    super(kind, name, { inputs: { ...args, domainName, domainId }, ...place }, options);
  }

  /** Looks a record up that another program declares. `domain` may be looked up too (Domain.get). */
  static get(name: string, id: string, domain: Domain, options?: pulumi.CustomResourceOptions): CnameRecord {
    return new CnameRecord(name, { domainName: domain } as unknown as CnameRecordArgs, { ...options, id });
  }
}
