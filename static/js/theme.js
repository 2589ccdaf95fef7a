// Runs before the first paint: "like my device" turns into light or dark without a flash.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const wanted = root.dataset.theme === "dark" || (root.dataset.theme === "auto" && dark.matches);
    root.dataset.bsTheme = wanted ? "dark" : "light";
  };
  apply();
  dark.addEventListener("change", apply);
})();
