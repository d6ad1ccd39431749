import type { FactsAnswer } from "tls-offload-agent/contract";
import type { Bundle } from "./local/bundle";

/** Enough of a hash to tell two programs apart. */
const SHOWN_HASH_CHARACTERS = 8;

type Program = Pick<Bundle, "version" | "sha256">;

/** What an agent and the provider's own are called beside each other: with their hashes where the versions are the same. */
export function toldApart(
  { agentVersion: version, bundleSha256: sha256 }: Pick<FactsAnswer, "agentVersion" | "bundleSha256">,
  own: Program,
): [string, string] {
  if (version !== own.version || sha256 === own.sha256) return [version, own.version];
  return [withHash({ version, sha256 }), withHash(own)];
}

/** As Semantic Versioning 2.0.0 (10.) has build metadata. */
function withHash({ version, sha256 }: Program): string {
  return `${version}+${sha256.slice(0, SHOWN_HASH_CHARACTERS)}`;
}
