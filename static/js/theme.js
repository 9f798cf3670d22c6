// Runs before the first paint, so that a reader who chose a theme never sees the other one flash.
(() => {
  const root = document.documentElement;
  root.dataset.js = "";
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") {
      root.dataset.theme = theme;
      // The browser's own bar follows: the colour meant for that theme, whatever the system says.
      for (const bar of document.querySelectorAll(`meta[name="theme-color"]`)) {
        bar.media = bar.media.includes(theme) ? "all" : "not all";
      }
    }
  } catch {
    // Storage is blocked: the system's theme stands.
  }
})();
