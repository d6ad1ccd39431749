import type { IncomingMessage } from "node:http";
import { OffloadError } from "../contract/errors";
import { LIMITS } from "../contract/limits";

/** The whole body as JSON; an empty one is `{}`. Throws LIMIT_EXCEEDED and BAD_REQUEST. */
export async function readBody(request: IncomingMessage, path: string): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Without destroyOnReturn the refusal of an over-long body could not be answered any more.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > LIMITS.requestBytes) {
      request.resume();
      throw new OffloadError("LIMIT_EXCEEDED", "", {
        what: "the request's size in bytes",
        actual: bytes,
        limit: LIMITS.requestBytes,
      });
    }
    chunks.push(chunk);
  }
  if (bytes === 0) {
    return {};
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8")) as unknown;
  } catch {
    // The parser's own message quotes the text, which may hold a private key.
    throw new OffloadError("BAD_REQUEST", "", { path, detail: "the body is not JSON" });
  }
}
