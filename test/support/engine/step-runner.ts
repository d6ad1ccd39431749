import type { ProviderProcess } from "./provider-process";
import { Cancelled, type Kill } from "./step";

/** Runs provider steps in parallel, up to a limit; after the first failure no further one starts. */
export class StepRunner {
  #running = 0;
  #started = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #failures: Error[] = [];
  #announce: () => void = () => undefined;
  /** Resolves at the first failure: the program may then wait for ever for a resource. */
  readonly failed = new Promise<void>((resolve) => {
    this.#announce = resolve;
  });

  constructor(
    private readonly provider: ProviderProcess,
    private readonly parallel: number,
    private readonly kill: Kill,
    /** No further step starts after this many; Infinity: no limit. */
    private readonly failAfter: number,
  ) {}

  get failures(): readonly Error[] {
    return this.#failures;
  }

  fail(error: Error): void {
    if (error instanceof Cancelled) return;
    this.#failures.push(error);
    this.#announce();
  }

  throwIfFailed(): void {
    if (this.#failures.length > 0) throw new Cancelled("the deployment failed before");
  }

  /** Runs one step that changes something. */
  async run<Result>(urn: string, work: () => Promise<Result>): Promise<Result> {
    await this.#enter();
    try {
      this.throwIfFailed();
      return await this.#numbered(++this.#started, work);
    } catch (error) {
      if (!(error instanceof Cancelled))
        this.fail(new Error(`${urn}: ${messageOf(error)}`, { cause: error }));
      throw error;
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }

  async idle(): Promise<void> {
    while (this.#running > 0) await new Promise((resolve) => setImmediate(resolve));
  }

  async #enter(): Promise<void> {
    while (this.#running >= this.parallel) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#running += 1;
  }

  async #numbered<Result>(number: number, work: () => Promise<Result>): Promise<Result> {
    if (number > this.failAfter) throw new Error(`interrupted after ${this.failAfter} steps`);
    if (this.kill.beforeStep === number) this.provider.kill();
    const during = this.kill.duringStep;
    const timer =
      during?.step === number
        ? setTimeout(() => {
            this.provider.kill();
          }, during.delayMilliseconds)
        : undefined;
    try {
      const result = await work();
      if (this.kill.afterStep !== number) return result;
      this.provider.kill();
      throw new Error("killed before the engine saved the answer");
    } finally {
      clearTimeout(timer);
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
