import { OffloadError } from "tls-offload-agent/contract";
import { certificatesFor, type Expectation } from "./expectation";
import { handshake, type Established } from "./handshake";
import { refuseSilence, type Place } from "./place";

/**
 * The declared certificates, without SNI and with each certificate's own name. Answers what was seen, in words.
 */
export async function verifyCertificates(place: Place, expectation: Expectation): Promise<string> {
  const [standard] = expectation.certificates;
  if (standard === undefined) return "none is declared";
  await expectCertificate(place, null, [standard.fingerprintSha256]);
  const names = expectation.certificates.flatMap(({ serverName }) => serverName ?? []);
  for (const name of new Set(names)) {
    await expectCertificate(place, name, certificatesFor(name, expectation.certificates));
  }
  return names.length === 0
    ? "as declared, without SNI (it names no DNS name)"
    : "as declared, with and without SNI";
}

async function expectCertificate(place: Place, serverName: string | null, allowed: string[]): Promise<void> {
  const connection = await establish(place, serverName);
  connection.end();
  if (allowed.includes(connection.fingerprintSha256)) return;
  throw new OffloadError("VERIFY_CERTIFICATE", place.where, {
    address: place.address,
    port: place.port,
    seen: connection.fingerprintSha256,
    handshake: serverName === null ? "without SNI" : `with SNI ${serverName}`,
    expected: allowed.join(" or "),
  });
}

/** A handshake that has to succeed, whatever its certificate. */
export async function establish(place: Place, serverName: string | null): Promise<Established> {
  const { address, port, where } = place;
  const result = await handshake({ ...place, serverName });
  if (result.kind === "established") return result;
  if (result.kind === "no answer") return refuseSilence(place, result.detail);
  throw new OffloadError("VERIFY_CERTIFICATE", where, {
    address,
    port,
    seen: "none",
    handshake: result.detail,
    expected: "a TLS handshake",
  });
}
