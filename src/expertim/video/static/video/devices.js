// Camera, microphone and screen. Whatever is missing or refused is done without: one can always listen.

const IDEAL = { width: { ideal: 1280 }, height: { ideal: 720 } };

const got = async (constraints) => {
  try {
    return await navigator.mediaDevices.getUserMedia(constraints);
  } catch {
    return null;
  }
};

export class Devices {
  constructor() {
    this.audio = null;
    this.video = null;
    this.chosen = { audioinput: "", videoinput: "" };
  }

  get tracks() {
    return { audio: this.audio, video: this.video };
  }

  // Both in one question if possible: browsers ask once.
  async open() {
    if (!navigator.mediaDevices) {
      return; // not over https
    }
    const both = await got({ audio: this.wish("audioinput", true), video: this.wish("videoinput", IDEAL) });
    const streams = both ? [both] : [await got({ audio: true }), await got({ video: IDEAL })];
    for (const track of streams.flatMap((stream) => stream?.getTracks() ?? [])) {
      this[track.kind] = track;
    }
  }

  wish(kind, usual) {
    const id = this.chosen[kind];
    return id ? { ...(usual === true ? {} : usual), deviceId: { exact: id } } : usual;
  }

  async choose(kind, id) {
    this.chosen[kind] = id;
    const name = kind === "audioinput" ? "audio" : "video";
    this[name]?.stop();
    const stream = await got({ [name]: this.wish(kind, name === "audio" ? true : IDEAL) });
    this[name] = stream?.getTracks()[0] ?? null;
  }

  async list(kind) {
    const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    return all.filter((device) => device.kind === kind && device.deviceId);
  }

  get speaking() {
    return this.audio !== null && this.audio.enabled && this.audio.readyState === "live";
  }

  get seen() {
    return this.video !== null && this.video.readyState === "live";
  }

  speak(on) {
    if (this.audio) {
      this.audio.enabled = on;
    }
  }

  // A camera that is off is really off: its light goes out.
  async show(on) {
    if (!on) {
      this.video?.stop();
      this.video = null;
    } else if (!this.seen) {
      await this.choose("videoinput", this.chosen.videoinput);
    }
  }

  async screen() {
    try {
      return (await navigator.mediaDevices.getDisplayMedia({ video: true })).getVideoTracks()[0];
    } catch {
      return null; // nothing was chosen
    }
  }

  close() {
    this.audio?.stop();
    this.video?.stop();
    this.audio = this.video = null;
  }
}

// How loud a track is, from 0 to 1, ten times a second until the answer is called.
export const listen = (track, show) => {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 512;
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    show(Math.min(1, Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length) * 4));
  }, 100);
  return () => {
    clearInterval(timer);
    context.close();
  };
};
