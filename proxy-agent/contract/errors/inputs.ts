import { defineErrors } from "./define";

/** Mistakes in a program, found at preview. `where` is the resource and the property's path. */
export const inputErrors = defineErrors({
  INPUT_MISSING: {
    status: 400,
    problem: "is missing",
    remedy: "Give {expected}",
    cause: "A property that has no default was left out.",
  },
  INPUT_TYPE: {
    status: 400,
    problem: "is {actual}",
    remedy: "Give {expected}",
    cause: "A property has a value of another type than the documented one.",
  },
  INPUT_VALUE: {
    status: 400,
    problem: "has a value that is not allowed",
    remedy: "Give {expected}",
    cause: "A number is out of its range, a text is too long, or a word is not one of the documented ones.",
  },
  INPUT_MISSPELT: {
    status: 400,
    problem: "is not a property that exists here",
    remedy: "Write {nearest} if that is what is meant, or leave it out",
    cause: "A property's name is misspelt.",
  },
  INPUT_UNKNOWN: {
    status: 400,
    problem: "is not a property that exists here",
    remedy: "Leave it out; there are {known}",
    cause: "A property was given that this resource does not have.",
  },
  NAME_INVALID: {
    status: 400,
    problem: "the resource's name has characters that an id cannot have",
    remedy: "Use letters, digits, and the characters . _ @ * -",
    cause: "Ids are made of project, stack and resource names.",
  },
  LOAD_BALANCER_RENAMED: {
    status: 400,
    problem: "the load balancer's id is {old} and cannot become {renamed}",
    remedy: "Keep the names of its project, stack and resource, or destroy it first",
    cause:
      "The resource was renamed with an alias, or its stack was renamed: the ids of all that is on its hosts begin with the load balancer's own.",
  },
  CAPABILITY_MISSING: {
    status: 400,
    problem: "the data plane `{dataPlane}` cannot do this: {what}",
    remedy: "Leave it out, or give {expected}",
    cause: "The cloud's load balancer has it, this data plane does not; it is refused instead of ignored.",
  },
  CERTIFICATE_UNREADABLE: {
    status: 400,
    problem: "is not a chain of PEM certificates: {detail}",
    remedy:
      "Give the content of a PEM file (not its path): the server certificate first, then its intermediates",
    cause: "The property holds a path, a DER file, a key, or damaged text.",
  },
  CERTIFICATE_ORDER: {
    status: 400,
    problem:
      "certificate {position} of the chain does not issue the one before it; the chain is out of order",
    remedy: "Put the server certificate first and each issuer right behind the certificate that it issued",
    cause: "Files were joined in the wrong order; some clients then fail.",
  },
  CERTIFICATE_UNRELATED: {
    status: 400,
    problem: "certificate {position} of the chain issued none of the others",
    remedy: "Remove it; a chain holds the server certificate and its issuers only",
    cause: "A certificate of another chain, or one twice, got into the file.",
  },
  CERTIFICATE_EXPIRED: {
    status: 400,
    problem: "the certificate expired on {notAfter}",
    remedy: "Give a renewed certificate",
    cause: "The certificate's notAfter has passed. A certificate that did not change is only warned of.",
  },
  CERTIFICATE_NOT_YET_VALID: {
    status: 400,
    problem: "the certificate is valid from {notBefore} on",
    remedy: "Wait until then, or look at this machine's clock",
    cause: "The certificate's notBefore is in the future.",
  },
  CERTIFICATE_EXPIRES_SOON: {
    status: 400,
    problem: "the certificate expires on {notAfter}, in {days} days",
    remedy: "Renew it; a renewed certificate is changed in place and touches no connection",
    cause: "Fewer than 30 days are left.",
  },
  KEY_GIVEN_TWICE: {
    status: 400,
    problem: "there are both `key` and `keyFile`",
    remedy: "Give one of them",
    cause: "It would not be clear which key counts.",
  },
  KEY_NOT_GIVEN: {
    status: 400,
    problem: "there is no private key",
    remedy: "Give `key` (a secret with the PEM text) or `keyFile` (a path on the machine that runs Pulumi)",
    cause: "A certificate cannot be served without its key.",
  },
  KEY_FILE_UNREADABLE: {
    status: 400,
    problem: "the key file cannot be read: {detail}",
    remedy: "Give the path of a readable PEM file; relative paths count from the program's directory",
    cause: "The file is missing, is a directory, or its permissions forbid it.",
  },
  KEY_MALFORMED: {
    status: 400,
    problem: "is not a PEM private key",
    remedy: "Give an unencrypted PKCS#8, PKCS#1 or SEC1 key in PEM",
    cause: "The property holds a certificate, a path, a DER key, or damaged text.",
  },
  KEY_ENCRYPTED: {
    status: 400,
    problem: "the private key is encrypted with a passphrase",
    remedy: "Decrypt it (openssl pkey) and keep it as a Pulumi secret or in a file that only you can read",
    cause: "Nobody is there to type a passphrase when a host starts.",
  },
  KEY_MISMATCH: {
    status: 400,
    problem: "the private key does not belong to the first certificate of `cert`",
    remedy: "Give the key that the certificate was issued for, and put the server certificate first",
    cause: "The public key of the certificate is not that of the key.",
  },
  KEY_TOO_SMALL: {
    status: 400,
    problem: "the certificate has an RSA key of {bits} bits",
    remedy: "Use an RSA key of at least {minimum} bits, or an ECDSA key",
    cause: "Smaller RSA keys are refused by current clients.",
  },
  POLICY_UNKNOWN: {
    status: 400,
    problem: "is not a TLS security policy that exists",
    remedy: "Give one of {known}",
    cause: "A policy's id is misspelt, or is that of a custom policy.",
  },
  POLICY_CIPHER_UNAVAILABLE: {
    status: 400,
    problem:
      "the policy names {ciphers}, which the local OpenSSL does not have; all else of the policy is served",
    remedy: "Nothing needs to be done, unless a client depends on it",
    cause: "Current OpenSSL builds leave out single-DES and triple-DES.",
  },
  OTHER_PROTOCOL: {
    status: 400,
    problem: "belongs to listeners of another protocol",
    remedy: "Leave it out; a TcpSslListener is always TCPSSL, with one port",
    cause: "A property of the cloud's listener resource that has no meaning for TCPSSL.",
  },
  ALPN_POLICY_MISSING: {
    status: 400,
    problem: "is missing, and alpnEnabled is true",
    remedy: "Give one of {known}, or leave alpnEnabled out",
    cause: "With ALPN on, the protocols that are offered must be named.",
  },
  ALPN_POLICY_UNUSED: {
    status: 400,
    problem: "is given, but alpnEnabled is not true",
    remedy: "Set alpnEnabled to true, or leave alpnPolicy out",
    cause: "The policy would have no effect.",
  },
  REFERENCE_KIND: {
    status: 400,
    problem: "is not the id of a {kind} of this load balancer",
    remedy: "Use the `id` output of a {kind} that is declared with the same loadBalancer",
    cause: "The id is of another kind of object, of another load balancer, or a name instead of an id.",
  },
  CLIENT_IP_PRESERVED: {
    status: 400,
    problem: "a TCPSSL listener cannot serve a server group that preserves client IP addresses",
    remedy: "Leave preserveClientIpEnabled out",
    cause:
      "TLS ends in the load balancer, which opens a connection of its own to the server: its source is the load balancer.",
  },
  GROUP_PROTOCOL: {
    status: 400,
    problem: "a TCPSSL listener needs a server group of protocol TCP",
    remedy: "Give TCP, or leave protocol out",
    cause: "Behind the load balancer is plain TCP; UDP and TLS to the servers are not offloading.",
  },
  HOST_NAME_FOR_ADDRESS: {
    status: 400,
    problem: "is a host name or other text, where an IP address is needed",
    remedy: "Give an IPv4 or IPv6 address",
    cause: "Names would have to be resolved again and again; the cloud takes addresses too.",
  },
  SERVER_TWICE: {
    status: 400,
    problem: "has the same {what} as {other}",
    remedy: "Remove one of them; use weight to give a server more connections",
    cause: "One server was listed twice.",
  },
  NO_WEIGHT: {
    status: 400,
    problem: "no server has a weight above 0, so that no new connection is served",
    remedy: "Give at least one server a weight above 0, unless the group shall drain",
    cause: "Weight 0 means: no new connections.",
  },
  DOMAIN_INVALID: {
    status: 400,
    problem: "the name {detail}",
    remedy: "Give a domain name such as example.com",
    cause: "A label is empty, longer than 63 characters, or has a character that DNS names cannot have.",
  },
  RR_INVALID: {
    status: 400,
    problem: "the host prefix {detail}",
    remedy: "Give what stands before the domain, such as www, a.b or *, without the domain itself",
    cause: "A label is empty, too long, or has a character that DNS names cannot have.",
  },
  CNAME_AT_APEX: {
    status: 400,
    problem: "a CNAME cannot be at the domain itself, beside its SOA and NS records",
    remedy: "Give a host prefix such as www",
    cause: "RFC 1034 3.6.2: a name with a CNAME has no other records.",
  },
  CNAME_TO_ITSELF: {
    status: 400,
    problem: "the record points at itself",
    remedy: "Give the load balancer's name: `listener.dnsName`",
    cause: "The value is the record's own name.",
  },
  CNAME_UNVERIFIED: {
    status: 400,
    problem: "is the name of a load balancer, but did not come from a listener",
    remedy:
      "Use `listener.dnsName`, so that the record appears after the listener was verified and goes before it",
    cause: "A name written by hand gives Pulumi no order.",
  },
  PORT_TWICE: {
    status: 400,
    problem: "port {port} of this load balancer is that of {other} too",
    remedy: "Give one of them another port",
    cause: "Two listeners cannot listen on one port.",
  },
  DOMAIN_TWICE: {
    status: 400,
    problem: "{domainName} is declared by {other} too",
    remedy: "Remove one of them",
    cause: "A domain of a load balancer is declared once; records refer to it.",
  },
  RECORD_TWICE: {
    status: 400,
    problem: "{fqdn} is declared by {other} too",
    remedy: "Remove one of them",
    cause: "A name has one CNAME.",
  },
  ID_TWICE: {
    status: 400,
    problem: "another {kind} of this load balancer has the same name",
    remedy: "Give one of them another resource name",
    cause: "Ids are made of the load balancer's id, the kind and the resource's name.",
  },
  NAME_NOT_COVERED: {
    status: 400,
    problem: "{fqdn} leads to {listener}, none of whose certificates is valid for that name",
    remedy: "Use a certificate with {fqdn} among its subject alternative names; there are {names}",
    cause: "Browsers would refuse the site: the certificate does not name it.",
  },
  DOMAIN_NOT_DECLARED: {
    status: 400,
    problem: "no Domain of that name was declared before this record",
    remedy: "Declare the Domain first, and give it here instead of its name",
    cause: "A record belongs to a domain whose ownership was proved.",
  },
  OPTION_IGNORED: {
    status: 400,
    problem: "the resource option {option} has no effect on this resource",
    remedy: "{instead}",
    cause: "Pulumi does not hand this option to dynamic providers.",
  },
});
