// The camera of the scan page. Without it, or without a camera, the code is typed into the same form.
// The decoder is zxing-wasm, so that browsers without BarcodeDetector read labels too.
(() => {
  const box = document.querySelector("[data-scan]");
  if (!box) return;
  const part = (name) => box.querySelector(`[data-scan-${name}]`);
  const [video, form, start, torch] = ["video", "form", "start", "torch"].map(part);
  const wanted = { audio: false, video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } } };
  // Both polarities: light bars on dark boxes are read as well.
  const reading = { formats: ["QRCode", "EANUPC"], tryInvert: true, tryRotate: true, tryHarder: true, maxNumberOfSymbols: 1 };
  const PAUSE_MS = 120;
  const WIDEST_PX = 960;
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const LAST = "nozzly-last-scan"; // what lies before the camera still when the next page opens is not scanned again
  const AWAY_MS = 1500;
  let stream = null;
  let last = sessionStorage.getItem(LAST);
  let seenAt = performance.now();

  const isNew = (text) => {
    const now = performance.now();
    if (text && text !== last) return true;
    if (text) seenAt = now;
    else if (now - seenAt > AWAY_MS) last = null;
    return false;
  };

  const say = (name) => ["insecure", "refused", "running"].forEach((each) => (part(each).hidden = each !== name));

  const look = async () => {
    if (!stream) return;
    const scale = Math.min(1, WIDEST_PX / (video.videoWidth || WIDEST_PX));
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    if (canvas.width && canvas.height) {
      pen.drawImage(video, 0, 0, canvas.width, canvas.height);
      const found = await ZXingWASM.readBarcodes(pen.getImageData(0, 0, canvas.width, canvas.height), reading);
      const text = found.find((one) => one.isValid && one.text)?.text;
      if (isNew(text) && stream) return take(text);
    }
    setTimeout(look, PAUSE_MS);
  };

  const stop = () => {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
  };

  const take = (text) => {
    stop();
    if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(60);
    sessionStorage.setItem(LAST, text);
    form.elements.code.value = text;
    form.requestSubmit();
  };

  const offerTorch = (track) => {
    if (!track.getCapabilities?.().torch) return;
    torch.hidden = false;
    torch.onclick = async () => {
      const on = torch.getAttribute("aria-pressed") !== "true";
      await track.applyConstraints({ advanced: [{ torch: on }] });
      torch.setAttribute("aria-pressed", String(on));
    };
  };

  const begin = async () => {
    start.hidden = true;
    try {
      stream = await navigator.mediaDevices.getUserMedia(wanted);
      video.srcObject = stream;
      video.hidden = false;
      await video.play();
    } catch {
      stop();
      say("refused");
      start.hidden = false;
      return;
    }
    seenAt = performance.now();
    say("running");
    offerTorch(stream.getVideoTracks()[0]);
    look();
  };

  if (!navigator.mediaDevices?.getUserMedia || !window.ZXingWASM) {
    say("insecure");
    return;
  }
  ZXingWASM.prepareZXingModule({ overrides: { locateFile: () => box.dataset.decoder }, fireImmediately: true });
  start.onclick = begin;
  window.addEventListener("pagehide", stop);
  begin();
})();
