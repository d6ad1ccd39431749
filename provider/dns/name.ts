import { isIP } from "node:net";
import { domainToASCII } from "node:url";

/**
 * The rules for names in inputs (RFC 1035 2.3.4, RFC 1123 2.1, RFC 5890). Pure. Everything behind this border is
 * lower case, ASCII and without the final dot.
 */
export type NameResult =
  | { readonly name: string; readonly problem?: undefined }
  /** Completes "domainName ...": "holds an empty label". */
  | { readonly problem: string; readonly name?: undefined };

const LABEL_BYTES = 63;
const NAME_BYTES = 253;
const HOST_LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
const SERVICE_LABEL = /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?$/;

/** A zone or a host: "example.com", "xn--bcher-kva.example". At least two labels, no underscore, no wildcard. */
export function domainName(text: string): NameResult {
  const name = normalize(text);
  if (isIP(name) !== 0) {
    return { problem: "is an IP address where a domain name is wanted" };
  }
  const problem = problemOf(name, HOST_LABEL);
  if (problem !== null) {
    return { problem };
  }
  const labels = name.split(".");
  if (labels.length < 2) {
    return { problem: `is a single label, a domain name has at least two: "${name}.example"` };
  }
  if (/^\d+$/.test(labels.at(-1) ?? "")) {
    return { problem: "ends in a label of digits only, which no top-level domain does" };
  }
  return { name };
}

/** A host prefix: "www", "a.b", "_acme-challenge", "*", "*.dev"; "@" (the domain itself) stays "@". */
export function hostPrefix(text: string): NameResult {
  if (text === "@") {
    return { name: "@" };
  }
  const name = text.toLowerCase();
  if (name.endsWith(".")) {
    return { problem: "ends in a dot, but is relative to the domain" };
  }
  const rest = name === "*" ? null : name.replace(/^\*\./, "");
  const problem = rest === null ? null : problemOf(rest, SERVICE_LABEL);
  return problem === null ? { name } : { problem };
}

/** What a CNAME points at: a domain name that may have underscores ("_dmarc.example.com"). */
export function targetName(text: string): NameResult {
  const name = normalize(text);
  if (isIP(name) !== 0) {
    return { problem: "is an IP address where a domain name is wanted" };
  }
  const problem = problemOf(name, SERVICE_LABEL);
  return problem === null ? { name } : { problem };
}

/** "www" and "example.com" give "www.example.com"; "@" gives the domain. Both must be valid by themselves. */
export function fqdn(rr: string, domain: string): string {
  const zone = normalize(domain);
  return isApex(rr) ? zone : `${rr.toLowerCase()}.${zone}`;
}

/** The same with the limit that only the whole name can break. */
export function checkedFqdn(rr: string, domain: string): NameResult {
  const name = fqdn(rr, domain);
  return name.length > NAME_BYTES ? { problem: tooLong(name) } : { name };
}

/** Whether a host prefix means the domain itself, where no CNAME can be (RFC 1034 3.6.2). */
export function isApex(rr: string): boolean {
  return rr === "@" || rr === "";
}

/** Lower case, without one final dot. Names compare equal when these do (RFC 4343). */
export function normalize(text: string): string {
  return text.toLowerCase().replace(/\.$/, "");
}

function problemOf(name: string, label: RegExp): string | null {
  if (name === "") {
    return "is empty";
  }
  if (/[^ -~]/.test(name)) {
    return nonAscii(name);
  }
  if (name.length > NAME_BYTES) {
    return tooLong(name);
  }
  for (const part of name.split(".")) {
    const problem = labelProblem(part, label);
    if (problem !== null) {
      return problem;
    }
  }
  return null;
}

function labelProblem(part: string, label: RegExp): string | null {
  if (part === "") {
    return "holds an empty label (two dots, or a dot at the start)";
  }
  if (part.length > LABEL_BYTES) {
    return `holds a label of ${part.length} characters, at most ${LABEL_BYTES} are allowed`;
  }
  if (part === "*") {
    return 'has "*" where only a host prefix may have it, as its first label';
  }
  if (!label.test(part)) {
    return `holds the label "${part}": letters, digits and "-" inside are allowed${label === SERVICE_LABEL ? ', and "_"' : ""}`;
  }
  if (part.startsWith("xn--") && domainToASCII(part) === "") {
    return `holds the label "${part}", which is not valid Punycode`;
  }
  return null;
}

function nonAscii(name: string): string {
  const ascii = domainToASCII(name);
  return ascii === "" ? "holds characters that no name may have" : `is not ASCII: write "${ascii}"`;
}

function tooLong(name: string): string {
  return `has ${name.length} characters, at most ${NAME_BYTES} are allowed`;
}
