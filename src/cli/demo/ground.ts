/** What the demo stands on besides the server that it starts. */
export interface DemoGround {
  /** What the server is told. */
  readonly environment: Readonly<Record<string, string>>;
  /** What a connection string must be for this process to reach the server that it names. */
  reach(connectionString: string): Promise<string>;
  /** Removes all that was made, and what the server has made on it. */
  stop(): Promise<void>;
}
