// Reads codes from the phone's camera. Loaded when somebody taps the camera: the decoder weighs a megabyte.
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";

const EVERY_MS = 120;
const FORMATS = ["QRCode", "DataMatrix", "Code128", "EAN13"];

// Shows the camera in `video` and calls `found(text)` for what it reads until `stop` of the answer is called.
export async function startCamera(video, decoder, found) {
  prepareZXingModule({ overrides: { locateFile: () => decoder } });
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } },
  });
  video.srcObject = stream;
  await video.play();
  const canvas = document.createElement("canvas");
  const drawing = canvas.getContext("2d", { willReadFrequently: true });
  let running = true;

  async function look() {
    if (!running) return;
    const text = await readOne(video, canvas, drawing);
    if (running && text) found(text);
    if (running) setTimeout(look, EVERY_MS);
  }

  look();
  return {
    stop() {
      running = false;
      for (const track of stream.getTracks()) track.stop();
      video.srcObject = null;
    },
  };
}

async function readOne(video, canvas, drawing) {
  if (!video.videoWidth) return "";
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  drawing.drawImage(video, 0, 0);
  const picture = drawing.getImageData(0, 0, canvas.width, canvas.height);
  const read = await readBarcodes(picture, { formats: FORMATS, maxNumberOfSymbols: 1, textMode: "Plain" });
  const one = read.find((symbol) => symbol.isValid);
  if (!one) return "";
  // GS1 symbols say so by their identifier (]C1, ]d2, ]Q3), as a hand scanner sends it.
  return /^\](C1|d2|Q3|e0)/.test(one.symbologyIdentifier) ? one.symbologyIdentifier + one.text : one.text;
}
