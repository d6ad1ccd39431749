/** Tells a person about one resource while the engine works on it. Never throws, never waits. */
export interface ResourceLog {
  /** Something done or about to be done; stays on the screen. */
  readonly info: (text: string) => void;
  readonly warning: (text: string) => void;
  /** What is going on just now; replaced by the next one. */
  readonly progress: (text: string) => void;
  /** Only shown with `pulumi --debug`. */
  readonly debug: (text: string) => void;
  /** Resolves when everything said has left the process, or after a short while. */
  readonly flush: () => Promise<void>;
}
