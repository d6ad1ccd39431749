import type * as pulumi from "@pulumi/pulumi";
import type { LoadBalancerReference } from "../load-balancer/args";
import { resolveReference } from "../load-balancer/target";
import { OffloadResource, type ResourceKind } from "../resource/base";
import type { CertificateArgs } from "./args";
import { certificateDeclaration } from "./declaration";

const kind: ResourceKind = {
  declaration: certificateDeclaration,
  provider: "certificate",
  outputs: [
    "fingerprintSha256",
    "spkiSha256",
    "subject",
    "subjectAlternativeNames",
    "issuer",
    "notBefore",
    "notAfter",
    "keyType",
  ],
};

/**
 * A server certificate with its chain and key, on every host of the load balancer. A renewed one changes in
 * place and touches no connection. Its id is `<load balancer>/certificate/<name>`. See docs/resources/certificate.md.
 */
export class Certificate extends OffloadResource {
  declare readonly certificateName: pulumi.Output<string>;
  declare readonly cert: pulumi.Output<string>;
  /** The path that was given; undefined: the key was given by value. */
  declare readonly keyFile: pulumi.Output<string | undefined>;
  /** SHA-256 of the key's public half, by which a change of the key is noticed. Hexadecimal, lower case. */
  declare readonly keySpkiSha256: pulumi.Output<string>;
  declare readonly adopt: pulumi.Output<boolean>;
  /** SHA-256 of the server certificate, hexadecimal, lower case. */
  declare readonly fingerprintSha256: pulumi.Output<string>;
  /** SHA-256 of its public key (SubjectPublicKeyInfo), hexadecimal, lower case. */
  declare readonly spkiSha256: pulumi.Output<string>;
  declare readonly subject: pulumi.Output<string>;
  /** The DNS names and IP addresses that it is valid for. */
  declare readonly subjectAlternativeNames: pulumi.Output<string[]>;
  declare readonly issuer: pulumi.Output<string>;
  /** ISO 8601, UTC. */
  declare readonly notBefore: pulumi.Output<string>;
  /** ISO 8601, UTC. */
  declare readonly notAfter: pulumi.Output<string>;
  /** "RSA-2048", "ECDSA-P-256", "Ed25519". */
  declare readonly keyType: pulumi.Output<string>;

  /**
   * @param name Part of the id; letters, digits and `. _ @ * -`.
   * @param args See CertificateArgs; mistakes are reported by the constructor and by `pulumi preview`.
   */
  constructor(name: string, args: CertificateArgs, options?: pulumi.CustomResourceOptions) {
    const { loadBalancer, ...inputs } = args;
    const construction = { inputs: { ...inputs, certificateName: inputs.certificateName ?? name } };
    super(kind, name, { ...construction, ...resolveReference(loadBalancer) }, options);
  }

  /** Looks a certificate up that another program declares. */
  static get(
    name: string,
    id: string,
    loadBalancer: LoadBalancerReference,
    options?: pulumi.CustomResourceOptions,
  ): Certificate {
    return new Certificate(name, { loadBalancer } as CertificateArgs, { ...options, id });
  }
}
