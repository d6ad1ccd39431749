import { expect, it } from "vitest";
import { createAuthority } from "../../scripts/demo/certificate-authority";
import { freePort } from "../support/free-port";
import { createLogin, type TestLogin } from "../support/login";
import { describeUnless } from "../support/needs";
import { createPulumiProject, pulumiMissing, type PulumiRun } from "../support/pulumi-cli";

interface SavedResource {
  readonly urn: string;
  readonly inputs?: { readonly hosts?: Readonly<Record<string, unknown>> };
  readonly outputs?: Readonly<Record<string, unknown>>;
}

describeUnless(pulumiMissing(), "the secrets of logins by value, through the real CLI", () => {
  it("are never shown, and stand in the state encrypted only, whatever happens", async () => {
    const project = await createPulumiProject("logins");
    const { chainPem: cert, keyPem: key } = await (
      await createAuthority()
    ).issue({ names: ["www.example.test"] });
    const port = await freePort();
    const secrets: string[] = [key.split("\n")[1] ?? key];
    const configure = ({ connection, secrets: fresh }: TestLogin, changes: object = {}): void => {
      secrets.push(...fresh);
      const given = { stateDir: project.stateDir, login: connection, sayWhatIsSecret: false, withEdge: true };
      project.configure({ ...given, cert, key, weight: 100, ...changes });
    };
    const leaks = ({ output }: PulumiRun): string[] =>
      secrets.filter((secret) => output.includes(secret) || project.stateText().includes(secret));

    const [first, second] = [createLogin(port), createLogin(port)];
    configure(first);
    const previewed = await project.preview();
    expect(previewed.output).toContain("privateKeyPassword");
    expect(leaks(previewed)).toEqual([]);
    expect(leaks(await project.up())).toEqual([]);
    const handle = await project.run("stack", "output", "handle", "--json");
    expect(JSON.parse(handle.output)).toMatchObject({ hosts: { edge: { connection: { user: "deploy" } } } });
    expect(leaks(handle)).toEqual([]);

    // Nothing but the secrets changes: they have to reach every resource, and the program says what they are.
    configure(second, { sayWhatIsSecret: true });
    const rotated = await project.up();
    expect(rotated.output).toMatch(/~ 3 updated/);
    expect(leaks(rotated)).toEqual([]);
    const again = await project.preview();
    expect(again.output).not.toMatch(/to (create|update|replace|delete)/);
    expect(leaks(await project.run("refresh", "--yes", "--skip-preview"))).toEqual([]);
    expect(leaks(await project.up("--refresh"))).toEqual([]);

    // A host that leaves and does not answer is kept in the outputs, where no input tells what is secret.
    configure(second, { withEdge: false, weight: 50 });
    const failed = await project.fail("up", "--yes", "--skip-preview");
    expect(failed.output).toContain("host edge");
    expect(leaks(failed)).toEqual([]);
    expect(savedLoadBalancer(project.stateText()).outputs?.["__offload"]).toHaveProperty("ciphertext");
    expect(leaks(await project.run("refresh", "--yes", "--skip-preview"))).toEqual([]);

    configure(createLogin(port), { login: { ...second.connection, privateKey: second.connection.password } });
    const refused = await project.fail("preview");
    expect(refused.output).toContain("LOGIN_KEY_NOT_TEXT");
    expect(leaks(refused)).toEqual([]);
    expect(leaks(await project.destroy())).toEqual([]);
  });
});

function savedLoadBalancer(stateText: string): SavedResource {
  const { checkpoint } = JSON.parse(stateText) as {
    checkpoint: { latest: { resources: readonly SavedResource[] } };
  };
  const found = checkpoint.latest.resources.find(({ urn }) => urn.endsWith("LoadBalancer::web"));
  if (found === undefined) throw new Error("there is no load balancer in the state");
  return found;
}
