// One connection to one page of the other: the "perfect negotiation" of the WebRTC specification. The expert's page
// offers both kinds first, so that a camera, a screen or nothing can take its place without negotiating anew; after a
// cut either may offer, and where both do, the user's page gives way.

const STUCK_AFTER = 8000;

export class Call {
  // `tracks`: {audio, video}, either may be null; `on`: {stream(stream), state(state)}; `fresh`: new relays, a promise
  constructor({ polite, ice, relayOnly, tracks, send, fresh, on }) {
    Object.assign(this, { polite, tracks, send, fresh, on, offering: false, ignoring: false, candidates: [] });
    this.remote = new MediaStream();
    this.work = Promise.resolve();
    this.settings = { bundlePolicy: "max-bundle", iceTransportPolicy: relayOnly ? "relay" : "all" };
    this.pc = new RTCPeerConnection({ ...this.settings, iceServers: ice });
    this.pc.addEventListener("negotiationneeded", () => this.offer());
    this.pc.addEventListener("icecandidate", ({ candidate }) => this.tell(candidate));
    this.pc.addEventListener("connectionstatechange", () => this.changed());
    // Attached at once and not on "unmute": after a rollback some browsers never say that a track has unmuted.
    this.pc.addEventListener("track", ({ track }) => {
      this.remote.addTrack(track);
      this.on.stream(this.remote);
    });
    this.watch = setInterval(() => this.look(), STUCK_AFTER);
    if (!polite) {
      for (const kind of ["audio", "video"]) {
        this.pc.addTransceiver(tracks[kind] ?? kind, { direction: "sendrecv" });
      }
    }
  }

  get state() {
    return this.pc.connectionState;
  }

  async use(kind, track) {
    this.tracks = { ...this.tracks, [kind]: track };
    const ours = this.pc.getTransceivers().find(({ receiver }) => receiver.track.kind === kind);
    await ours?.sender.replaceTrack(track);
  }

  // Strictly one after the other: a candidate must not overtake its description.
  take(message) {
    this.work = this.work.then(() => this.hear(message)).catch((error) => console.warn("the call:", error));
  }

  async restart() {
    if (this.pc.signalingState === "closed") {
      return;
    }
    this.pc.setConfiguration({ ...this.settings, iceServers: await this.fresh() });
    this.pc.restartIce();
  }

  close() {
    clearInterval(this.watch);
    this.pc.close();
  }

  async offer() {
    try {
      this.offering = true;
      await this.pc.setLocalDescription();
      this.send({ description: this.pc.localDescription.toJSON() });
    } catch (error) {
      console.warn("the offer:", error);
    } finally {
      this.offering = false;
    }
  }

  async hear({ description, candidates }) {
    if (this.pc.signalingState === "closed") {
      return;
    }
    if (description) {
      const collides = description.type === "offer" && (this.offering || this.pc.signalingState !== "stable");
      this.ignoring = !this.polite && collides;
      if (this.ignoring) {
        return;
      }
      await this.pc.setRemoteDescription(description);
      if (description.type === "offer") {
        await this.answer();
      }
    }
    for (const candidate of candidates ?? []) {
      try {
        await this.pc.addIceCandidate(candidate);
      } catch (error) {
        if (!this.ignoring) {
          throw error;
        }
      }
    }
  }

  async answer() {
    for (const one of this.pc.getTransceivers()) {
      one.direction = "sendrecv";
      await one.sender.replaceTrack(this.tracks[one.receiver.track.kind] ?? null);
    }
    await this.pc.setLocalDescription();
    this.send({ description: this.pc.localDescription.toJSON() });
  }

  // Candidates of one moment go together: each message is a row, and waits for a poll.
  tell(candidate) {
    if (!candidate) {
      return;
    }
    this.candidates.push(candidate.toJSON());
    if (this.candidates.length === 1) {
      setTimeout(() => this.send({ candidates: this.candidates.splice(0) }), 50);
    }
  }

  changed() {
    this.on.state(this.state);
    if (this.state === "failed") {
      this.restart();
    }
  }

  look() {
    if (this.state === "failed") {
      this.restart();
    }
  }

  async quality() {
    const [quality, counted] = qualityOf([await this.pc.getStats()], this.counted);
    this.counted = counted;
    return quality;
  }
}

// good, fair or poor, by the way there and back and by what is lost on it; and what was counted, for the next time.
export const qualityOf = (connections, before) => {
  let trip = 0;
  let lost = 0;
  let got = 0;
  for (const report of connections.flatMap((reports) => [...reports.values()])) {
    if (report.type === "candidate-pair" && report.nominated && report.state === "succeeded") {
      trip = Math.max(trip, report.currentRoundTripTime ?? 0);
    } else if (report.type === "inbound-rtp") {
      lost += report.packetsLost ?? 0;
      got += report.packetsReceived ?? 0;
    }
  }
  const former = before ?? { lost, got };
  const share = (lost - former.lost) / Math.max(1, lost - former.lost + got - former.got);
  let quality = trip > 0.2 || share > 0.02 ? "fair" : "good";
  if (trip > 0.5 || share > 0.08) {
    quality = "poor";
  }
  return [quality, { lost, got }];
};
