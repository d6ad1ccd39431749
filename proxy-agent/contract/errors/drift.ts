import { defineErrors } from "./define";

/** What somebody changed on a host's disk behind the agent's back. It goes on serving what it has in memory. */
export const driftErrors = defineErrors({
  STATE_EDITED: {
    status: 409,
    problem: "the document on disk, {file}, is not what the agent serves: {detail}",
    remedy:
      "Run `pulumi up --refresh` to write it anew, or restart the agent if what the file says shall be served",
    cause: "Somebody edited, replaced or removed the file while the agent was running.",
  },
  STATE_LOST: {
    status: 409,
    problem: "{objectId} is served from memory only: the agent's document was gone when the agent started",
    remedy: "Run `pulumi up --refresh` on each stack that declares something on this host",
    cause: "Somebody removed the document, and the agent's control process was restarted afterwards.",
  },
  KEY_EDITED: {
    status: 409,
    problem: "the file with the private key of {objectId}, {file}, {detail}",
    remedy:
      "Run `pulumi up --refresh` on the stack that owns the certificate, so that its key is sent again; until then it is served from memory only",
    cause: "Somebody replaced, damaged or locked the key's file in the agent's state directory.",
  },
  KEY_EXPOSED: {
    status: 409,
    problem: "{file}, with the private key of {objectId}, {detail}",
    remedy:
      "Run `pulumi up --refresh` on the stack that owns it to write it anew, and replace the certificate if somebody may have read its key",
    cause: "Somebody changed the mode or the owner of the key's file, or of the directory that it is in.",
  },
  TICKET_SECRET_EDITED: {
    status: 409,
    problem: "the secret of session tickets, {file}, {detail}",
    remedy:
      "Run `pulumi up --refresh` to write it anew; after a restart of the agent without it clients make full handshakes",
    cause: "Somebody removed, replaced or opened the file in the agent's state directory.",
  },
  AGENT_EDITED: {
    status: 409,
    problem: "the agent's program on disk, {file}, is not the one that runs: {detail}",
    remedy: "Run `pulumi up --refresh` to put it back",
    cause: "Somebody edited or removed the agent's program; a restart would run something else, or nothing.",
  },
});
