// The way by a Janus of one's own, in place of call.js: one connection brings our picture and sound to its room, one
// more brings those of the other. Whatever breaks is made anew as a whole, with a new place in the room.

import { qualityOf } from "./call.js";

const ALIVE_EVERY = 25_000;
const LONGEST_PAUSE = 8000;
const STUCK_AFTER = 8000;
const PLUGIN = "janus.plugin.videoroom";

const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const word = () => crypto.getRandomValues(new Uint32Array(2)).join("-");

// The talk with Janus over one WebSocket: questions with their answers, and what it says by itself.
class Talk {
  // `on`: {event(sender, data), end()}
  constructor({ pass, on }) {
    Object.assign(this, { pass, on, asked: new Map(), session: undefined });
  }

  async open() {
    this.socket = new WebSocket(this.pass.address, "janus-protocol");
    this.socket.addEventListener("message", ({ data }) => this.hear(JSON.parse(data)));
    const ended = () => {
      this.asked.forEach(({ reject }) => reject(new Error("the line has broken")));
      this.on.end();
    };
    await new Promise((done, failed) => {
      this.socket.addEventListener("open", done);
      this.socket.addEventListener("close", () => { failed(new Error("no line")); ended(); });
    });
    this.session = (await this.ask({ janus: "create" })).data.id;
    this.alive = setInterval(() => this.ask({ janus: "keepalive" }).catch(ended), ALIVE_EVERY);
  }

  close() {
    clearInterval(this.alive);
    this.on = { event: () => {}, end: () => {} };
    this.socket?.close();
  }

  ask(message) {
    const transaction = word();
    this.socket.send(JSON.stringify({ ...message, transaction, token: this.pass.token, session_id: this.session }));
    return new Promise((resolve, reject) => this.asked.set(transaction, { resolve, reject, message }));
  }

  async attach() {
    return (await this.ask({ janus: "attach", plugin: PLUGIN })).data.id;
  }

  // To the room: what it answers comes as an event, after a receipt.
  async say(handle, body, jsep) {
    return this.ask({ janus: "message", handle_id: handle, body: { room: this.pass.room, ...body }, jsep });
  }

  hear(told) {
    const asked = this.asked.get(told.transaction);
    const data = told.plugindata?.data;
    if (told.janus === "ack" && asked?.message.janus === "message") {
      return;
    }
    if (asked) {
      this.asked.delete(told.transaction);
      const wrong = told.error?.reason ?? data?.error;
      if (wrong) {
        asked.reject(new Error(wrong));
      } else {
        asked.resolve({ ...told, data: told.data ?? data });
      }
    } else if (told.janus === "event") {
      this.on.event(told.sender, data);
    } else if (told.janus === "timeout") {
      this.on.end();
    }
  }
}

export class Relayed {
  // `pass`: a promise of the way in, as the server hands it out; `tracks` and `on` as in call.js
  constructor({ pass, ice, relayOnly, tracks, on }) {
    Object.assign(this, { pass, tracks, on, closed: false, talk: null, mine: null, theirs: null, pause: 1000 });
    this.settings = { bundlePolicy: "max-bundle", iceTransportPolicy: relayOnly ? "relay" : "all", iceServers: ice };
    this.round = 0;
    this.watch = setInterval(() => this.look(), STUCK_AFTER);
    this.start();
  }

  get state() {
    return this.theirs?.connectionState ?? "new";
  }

  async use(kind, track) {
    this.tracks = { ...this.tracks, [kind]: track };
    await this.sender(kind)?.replaceTrack(track);
  }

  sender(kind) {
    return this.mine?.getTransceivers().find(({ receiver }) => receiver.track.kind === kind)?.sender;
  }

  close() {
    this.closed = true;
    clearInterval(this.watch);
    this.drop();
  }

  drop() {
    this.round += 1;
    for (const part of ["talk", "mine", "theirs"]) {
      this[part]?.close();
      this[part] = null;
    }
    this.feed = undefined;
  }

  look() {
    if ([this.mine, this.theirs].some((pc) => pc?.connectionState === "failed")) {
      this.restart();
    }
  }

  // Once for each breakdown, however many of its parts say so.
  async restart() {
    if (this.closed || this.starting) {
      return;
    }
    this.drop();
    this.on.state("disconnected");
    const round = this.round;
    await wait(this.pause);
    this.pause = Math.min(LONGEST_PAUSE, this.pause * 2);
    if (this.round === round && !this.closed) {
      this.start();
    }
  }

  async start() {
    this.starting = true;
    const round = this.round;
    try {
      await this.join(await this.pass(), round);
      this.pause = 1000;
      this.starting = false;
    } catch (error) {
      console.warn("janus:", error);
      this.starting = false;
      this.restart();
    }
  }

  async join(pass, round) {
    if (this.closed || round !== this.round) {
      return;
    }
    const talk = new Talk({ pass, on: { event: (...told) => this.told(...told), end: () => this.restart() } });
    this.talk = talk;
    await talk.open();
    this.handle = await talk.attach();
    const body = { request: "join", ptype: "publisher", id: pass.id, token: pass.room_token };
    const { data } = await talk.say(this.handle, body);
    this.privateId = data.private_id;
    await this.publish(talk);
    await this.others(data.publishers);
  }

  connection(handle) {
    const pc = new RTCPeerConnection(this.settings);
    const talk = this.talk;
    pc.addEventListener("icecandidate", ({ candidate }) => {
      const given = candidate?.toJSON() ?? { completed: true };
      talk.ask({ janus: "trickle", handle_id: handle, candidate: given }).catch(() => {});
    });
    pc.addEventListener("connectionstatechange", () => {
      if (pc.connectionState === "failed" && [this.mine, this.theirs].includes(pc)) {
        this.restart();
      } else if (pc === this.theirs) {
        this.on.state(pc.connectionState);
      }
    });
    return pc;
  }

  // Both kinds from the beginning, so that a camera, a screen or nothing can take its place later.
  async publish(talk) {
    const pc = this.connection(this.handle);
    this.mine = pc;
    for (const kind of ["audio", "video"]) {
      pc.addTransceiver(this.tracks[kind] ?? kind, { direction: "sendonly" });
    }
    await pc.setLocalDescription();
    const { jsep } = await talk.say(this.handle, { request: "publish" }, pc.localDescription.toJSON());
    await pc.setRemoteDescription(jsep);
  }

  told(sender, data) {
    if (sender !== this.handle || !data) {
      return;
    }
    if (data.publishers) {
      this.others(data.publishers).catch((error) => {
        console.warn("janus:", error);
        this.restart();
      });
    }
    const gone = data.leaving ?? data.unpublished ?? data.kicked;
    if (gone !== undefined && gone === this.feed) {
      this.theirs?.close();
      this.theirs = null;
      this.feed = undefined;
      this.on.state("disconnected");
    }
    if (data.videoroom === "destroyed" || data.leaving === "ok") {
      this.restart(); // put out: the way in says what has become of it
    }
  }

  // There are two in a meeting: whoever else publishes is the other.
  async others(publishers) {
    const feed = publishers?.at(-1)?.id;
    if (feed === undefined || feed === this.feed) {
      return;
    }
    this.feed = feed;
    this.theirs?.close();
    const talk = this.talk;
    const handle = await talk.attach();
    const { room_token: token } = talk.pass;
    const body = { request: "join", ptype: "subscriber", private_id: this.privateId, streams: [{ feed }], token };
    const { jsep } = await talk.say(handle, body);
    if (this.talk !== talk || this.feed !== feed) {
      return;
    }
    const pc = this.connection(handle);
    const remote = new MediaStream();
    this.theirs = pc;
    pc.addEventListener("track", ({ track }) => {
      remote.addTrack(track);
      this.on.stream(remote);
    });
    await pc.setRemoteDescription(jsep);
    await pc.setLocalDescription();
    await talk.say(handle, { request: "start" }, pc.localDescription.toJSON());
  }

  async quality() {
    const reports = (await Promise.all([this.mine, this.theirs].map((pc) => pc?.getStats()))).filter(Boolean);
    const [quality, counted] = qualityOf(reports, this.counted);
    this.counted = counted;
    return quality;
  }
}
