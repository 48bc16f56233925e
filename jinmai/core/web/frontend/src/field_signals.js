// A tone and a shake for who does not look at the phone: high and short is kept, low and long is refused.
let sound;

function tone(hertz, seconds) {
  sound ??= new AudioContext();
  if (sound.state !== "running") sound.resume().catch(() => {});
  const source = sound.createOscillator();
  const volume = sound.createGain();
  volume.gain.value = 0.2;
  source.frequency.value = hertz;
  source.connect(volume).connect(sound.destination);
  source.start();
  source.stop(sound.currentTime + seconds);
}

export function good() {
  navigator.vibrate?.(60);
  tone(1320, 0.09);
}

export function bad() {
  navigator.vibrate?.([200, 80, 200]);
  tone(220, 0.45);
}
