export interface Browser {
  readonly path: string;
  /** Where it came from, as a clause for people. */
  readonly source: string;
}

export interface LaunchOptions {
  executablePath: string;
  headless: boolean;
  chromiumSandbox: boolean;
  args: string[];
}

export function launchOptions(
  executablePath: string,
  options?: { webgpu?: boolean; adapter?: 'software' | 'system' },
): LaunchOptions;
export function findBrowser(): Promise<Browser | undefined>;
export function installBrowser(say: (line: string) => void): Promise<Browser>;
export function requireVulkanLoader(say: (line: string) => void): void;
export function softwareVulkanDriver(browserPath: string | undefined): string | undefined;
