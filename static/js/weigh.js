// The arithmetic of the scale while it is typed. Without this file the server does the same after the button.
(() => {
  const form = document.querySelector("[data-weigh]");
  if (!form) return;
  const sum = form.querySelector("[data-weigh-sum]");
  const gross = form.elements.gross_g;
  const reel = form.elements.tare_g;
  const quiet = sum.textContent;
  const number = (text) => {
    const value = Number.parseFloat((text || "").replace(",", ".").replace(/\s/g, ""));
    return Number.isFinite(value) ? value : null;
  };
  const shown = (value) => value.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 });

  const update = () => {
    const onScale = number(gross.value);
    const own = number(reel.value);
    const full = number(form.dataset.sealedFull);
    const tare = own ?? number(form.dataset.tare);
    // The first weighing of a sealed roll tells what its reel weighs.
    if (tare === null && onScale !== null && full !== null && onScale > full) reel.placeholder = shown(onScale - full);
    sum.textContent =
      onScale === null || tare === null ? quiet : form.dataset.text.replace("%s", shown(Math.max(onScale - tare, 0)));
  };
  form.addEventListener("input", update);
  update();
})();
