import type { Survey } from "../../../../../../provider/transport/ssh/survey";

/** Root on a fresh Debian. */
export const SURVEY: Survey = {
  user: "root",
  isRoot: true,
  maySudo: false,
  hasSystemd: true,
  machine: "x86_64",
  nodes: [],
  bundleSha256: null,
  mayDial: false,
  isMember: false,
  hasTraces: false,
};
