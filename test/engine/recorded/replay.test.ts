import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { deadlineIn } from "../../../provider/fleet/deadline";
import { reviveAgent } from "../../../provider/transport/local/agent";
import { connects } from "../../support/connects";
import { Site, SITE_NAME } from "../site";
import {
  livePlaces,
  readRecording,
  recordedVersions,
  startRecordedHost,
  untilServing,
  writeRecording,
  type Recording,
} from "./recording";

const LONG_VALID = new Date("2076-01-01T00:00:00Z");
const SILENT = {
  info: () => undefined,
  warning: () => undefined,
  progress: () => undefined,
  debug: () => undefined,
  flush: () => Promise.resolve(),
};

/** See test/recorded/README.md. */
const version = process.env["OFFLOAD_RECORD"];
if (version !== undefined) {
  it(`records ${version}`, async () => {
    const site = await Site.start();
    const { chainPem: cert, keyPem: key } = await site.authority.issue({
      names: [SITE_NAME],
      notAfter: LONG_VALID,
    });
    await site.engine.up(site.program({ cert, key }));
    await writeRecording(version, site, { ...site.settings, cert, key });
    await site.engine.destroy();
  });
}

describe.each(recordedVersions())("what version %s left behind", (recorded) => {
  async function replay(): Promise<{ site: Site; recording: Recording }> {
    const site = await Site.start();
    const recording = readRecording(recorded, await livePlaces(site));
    site.engine.snapshot = recording.snapshot;
    startRecordedHost(recording, site);
    return { site, recording };
  }

  it("needs no change by a program that did not change", async () => {
    const { site, recording } = await replay();
    const { changes } = await site.engine.preview(site.program(recording));
    expect(changes).toEqual([]);
  });

  it("is served again, is found in order by a refresh, and leaves nothing when it is destroyed", async () => {
    const { site, recording } = await replay();
    await reviveAgent({ host: "here", stateDir: site.stateDir, log: SILENT, deadline: deadlineIn(60) });
    await untilServing(site);
    const { changes } = await site.engine.preview(site.program(recording), { refresh: true });
    // A refresh may learn of a host what that version did not ask; anything wrong would be an update.
    expect(changes.filter(({ operation }) => operation !== "refresh")).toEqual([]);
    await site.engine.refresh();
    expect((await site.engine.preview(site.program(recording), { refresh: true })).changes).toEqual([]);
    await site.engine.destroy();
    expect(site.engine.snapshot.resources).toEqual([]);
    expect(await connects(site.settings.listenerPort)).toBe(false);
    expect(existsSync(site.stateDir)).toBe(false);
  });
});
