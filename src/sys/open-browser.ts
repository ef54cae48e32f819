import { spawn } from "node:child_process";

/** Opens an address in the user's browser, as far as there is one: nothing is said when it does not work. */
export function openBrowser(url: string): void {
  const [command, ...args] = commandFor(process.platform);
  const child = spawn(command, [...args, url], { detached: true, stdio: "ignore" });
  child.on("error", () => {});
  child.unref();
}

function commandFor(platform: NodeJS.Platform): readonly [string, ...string[]] {
  switch (platform) {
    case "darwin":
      return ["open"];
    case "win32":
      return ["rundll32", "url.dll,FileProtocolHandler"];
    default:
      return ["xdg-open"];
  }
}

/** Says whether there is a screen on which a browser could open. */
export function hasDisplay(env: Readonly<Record<string, string | undefined>>): boolean {
  if (process.platform === "darwin" || process.platform === "win32") return true;
  return [env["DISPLAY"], env["WAYLAND_DISPLAY"]].some((value) => (value ?? "") !== "");
}
