// Light or dark: as the system is, or as was chosen.
import { settings } from "./settings-feed.js";

const dark = matchMedia("(prefers-color-scheme: dark)");

function paint() {
  const { theme } = settings.page;
  document.documentElement.dataset.theme = theme === "auto" ? (dark.matches ? "dark" : "light") : theme;
}

export function startTheme() {
  dark.addEventListener("change", paint);
  settings.listen(paint);
}
