import { once } from "node:events";
import { createServer } from "node:tls";
import { expect, it } from "vitest";
import { freePort } from "../../support/free-port";
import { onCleanup } from "../../support/workspace";
import { expectAgreement, fingerprintOf } from "../../support/end-state";
import { Fleet, NAME } from "./fleet";
import { startTraffic } from "./traffic";

it("a change that the first host does not serve from outside is on no host afterwards, and each is told of", async () => {
  const fleet = await Fleet.start(30);
  const pair = await fleet.pair();
  await fleet.engine.up(fleet.program({ pair }));
  const traffic = startTraffic(fleet);
  const outside = { "edge-a": "127.0.30.9" };
  const foreign = await answerElsewhere(fleet, outside["edge-a"]);
  const renewed = await fleet.pair();
  const failure = await failureOf(fleet.engine.up(fleet.program({ pair: renewed, outside })));
  const place = `host edge-a: shop-main-web/listener/${fleet.ports.main}: 127.0.30.9 port ${fleet.ports.main}`;
  expect(failure).toContain(`${place} serves the certificate ${fingerprintOf(foreign.cert)}`);
  expect(failure).toContain("(VERIFY_CERTIFICATE)");
  expect(failure).toContain(
    "Host by host: edge-a: put back as it was, which could not be verified from here (VERIFY_CERTIFICATE); " +
      "edge-b: nothing was changed; edge-c: nothing was changed.",
  );
  expect(Object.values(await expectAgreement(fleet)).join()).toContain(fingerprintOf(pair.cert));
  await fleet.engine.up(fleet.program({ pair: renewed }));
  expect(Object.values(await expectAgreement(fleet)).join()).toContain(fingerprintOf(renewed.cert));
  expect((await traffic.stop()).failures).toEqual([]);
  expect((await fleet.engine.preview(fleet.program({ pair: renewed }), { refresh: true })).changes).toEqual(
    [],
  );
});

it("a change that no server takes where one has to is taken back and verified to be as before", async () => {
  const fleet = await Fleet.start(31);
  const wish = { pair: await fleet.pair(), requireHealthyBackend: true };
  await fleet.engine.up(fleet.program(wish));
  const before = await expectAgreement(fleet);
  const failure = await failureOf(fleet.engine.up(fleet.program({ ...wish, backendPort: await freePort() })));
  expect(failure).toContain("(VERIFY_NO_BACKEND)");
  expect(failure).toContain(
    "Host by host: edge-a: put back as it was; edge-b: nothing was changed; edge-c: nothing was changed.",
  );
  expect(await expectAgreement(fleet)).toEqual(before);
  await fleet.engine.up(fleet.program(wish));
  expect((await fleet.engine.preview(fleet.program(wish), { refresh: true })).changes).toEqual([]);
});

/** A server of somebody else, with a certificate of its own. */
async function answerElsewhere(fleet: Fleet, address: string): Promise<{ cert: string }> {
  const { chainPem: cert, keyPem: key } = await fleet.authority.issue({ names: [NAME] });
  const server = createServer({ cert, key }, (socket) => {
    socket.on("error", () => socket.destroy()).resume();
  }).listen(fleet.ports.main, address);
  await once(server, "listening");
  onCleanup(() => void server.close());
  return { cert };
}

async function failureOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "it succeeded",
    (error: unknown) => String(error),
  );
}
