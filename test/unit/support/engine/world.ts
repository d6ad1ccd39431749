import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import {
  MiniEngine,
  type Declaration,
  type MiniEngineOptions,
  type Properties,
  type Value,
} from "../../../support/engine";
import { onCleanup, temporaryDirectory } from "../../../support/workspace";

const PROVIDER = `exports.handler=()=>require(${JSON.stringify(join(__dirname, "fixture.cjs"))}).handler`;
const THING_TYPE = "pulumi-nodejs:dynamic/test:Thing";

export interface ThingArguments {
  value?: pulumi.Input<string>;
  fixed?: pulumi.Input<string>;
  hidden?: pulumi.Input<Value>;
  fail?: "plain" | "init";
  bad?: string;
  delayMilliseconds?: number;
  failDelete?: boolean;
  undecided?: boolean;
}

/** The resource class of the fixture provider: a pointer as its provider, an output that is no input. */
export class Thing extends pulumi.CustomResource {
  declare readonly madeFrom: pulumi.Output<string>;
  declare readonly value: pulumi.Output<string>;

  constructor(name: string, inputs: ThingArguments, options?: pulumi.CustomResourceOptions) {
    super(THING_TYPE, name, { ...inputs, label: name, madeFrom: undefined, __provider: PROVIDER }, options);
  }
}

export function thing(name: string, inputs: Properties, dependencies: readonly string[] = []): Declaration {
  const whole = { ...inputs, label: name, __provider: PROVIDER };
  return { name, type: THING_TYPE, inputs: whole, dependencies };
}

export interface Call {
  readonly method: string;
  readonly label: string;
  readonly olds?: Properties;
  readonly news?: Properties;
  readonly inputs?: Properties;
  readonly word?: string;
}

/** A mini engine and the directory in which its fixture provider's objects are. */
export class World {
  readonly directory = temporaryDirectory("world");
  readonly engine: MiniEngine;

  constructor(options: MiniEngineOptions = {}) {
    this.engine = new MiniEngine({ env: { FIXTURE_WORLD: this.directory }, keepProvider: true, ...options });
    onCleanup(() => this.engine.stop());
  }

  calls(): Call[] {
    const path = join(this.directory, "calls.jsonl");
    if (!existsSync(path)) return [];
    return readFileSync(path, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Call);
  }

  /** Only what changes something: "create a", "delete b". */
  effects(): string[] {
    return this.calls()
      .filter(({ method }) => ["create", "update", "delete"].includes(method))
      .map(({ method, label }) => `${method} ${label}`);
  }

  forget(): void {
    rmSync(join(this.directory, "calls.jsonl"), { force: true });
  }

  objects(): string[] {
    return readdirSync(this.directory).filter((file) => file.endsWith(".json"));
  }

  /** Somebody changes an object behind Pulumi's back. */
  tamper(label: string, change: (properties: Properties) => Properties | null): void {
    for (const file of this.objects().filter((name) => name.startsWith(`${label}-`))) {
      const path = join(this.directory, file);
      const changed = change(JSON.parse(readFileSync(path, "utf8")) as Properties);
      if (changed === null) rmSync(path);
      else writeFileSync(path, JSON.stringify(changed));
    }
  }
}
