import type { Input } from "@pulumi/pulumi";
import type { Domain } from "../domain/resource";

export interface CnameRecordArgs {
  /** The Domain, or the name of one that the program declared before. */
  domainName: Domain | Input<string>;
  /** The host prefix: `www`, `a.b` or `*`. A CNAME at the domain itself (`@`) cannot be. */
  rr: Input<string>;
  /** The name that it leads to: `listener.dnsName`, which waits until the listener was verified. */
  value: Input<string>;
  /** Seconds that resolvers may keep it, 1 to 86400, default 600. */
  ttl?: Input<number> | undefined;
  /** `default` (default): the same answer for everybody. */
  line?: Input<"default"> | undefined;
  /** `ENABLE` (default) or `DISABLE`: not served. */
  status?: Input<"ENABLE" | "DISABLE"> | undefined;
  /** At most 256 characters. */
  remark?: Input<string> | undefined;
  /** Takes over an object of another owner. Default false. */
  adopt?: Input<boolean> | undefined;
}
