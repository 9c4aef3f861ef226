// The page of the built-in room: the lobby, then the call, then what has become of it. All words are the page's own.
import { Call } from "./call.js";
import { Devices, listen } from "./devices.js";
import { Relayed } from "./janus.js";
import { Line, look } from "./line.js";
import { addNote, keepCounting } from "./shown.js";

const room = document.getElementById("room");
const words = document.getElementById("words").dataset;
const part = (name) => document.getElementById(name);
const { exchange: address, seat, party, carrier } = room.dataset;
const inside = `in ${location.pathname}`;
const devices = new Devices();

let line = null;
let call = null;
let screen = null;
let quiet = () => {};
let theirs = { microphone: true, camera: true };

const say = (text) => {
  if (part("state").textContent !== text) {
    part("state").textContent = text;
  }
};

const phase = (name) => {
  room.dataset.phase = name;
  part("lobby").hidden = name !== "lobby";
  part("call").hidden = name !== "call";
  part("over").hidden = name !== "over";
};

// ---------------------------------------------------------------- the lobby

const fill = async (kind, select) => {
  const found = await devices.list(kind);
  select.replaceChildren(...found.map(({ label, deviceId }) => new Option(label || deviceId, deviceId)));
  select.closest(".field").hidden = found.length < 2;
};

const hush = () => {
  quiet();
  quiet = () => {};
};

const preview = () => {
  hush();
  part("preview").srcObject = devices.video ? new MediaStream([devices.video]) : null;
  part("preview").hidden = !devices.video;
  part("no-camera").hidden = Boolean(devices.video);
  part("no-microphone").hidden = Boolean(devices.audio);
  part("level").closest("p").hidden = !devices.audio;
  if (devices.audio) {
    quiet = listen(devices.audio, (level) => { part("level").value = level; });
  }
};

const wait = async () => {
  const answer = await look({ address, seat }).catch(() => ({}));
  if (answer.closed) {
    over(answer.closed);
  } else if (room.dataset.phase === "lobby") {
    say(answer.peer ? words.there : words.notYet);
    setTimeout(wait, 5000);
  }
};

const arrive = async () => {
  await devices.open();
  if (sessionStorage.getItem(inside)) {
    enter();
    return;
  }
  await Promise.all([fill("videoinput", part("camera")), fill("audioinput", part("microphone"))]);
  preview();
  part("enter").disabled = false;
  wait();
};

for (const [kind, name] of [["videoinput", "camera"], ["audioinput", "microphone"]]) {
  part(name).addEventListener("change", async ({ target }) => {
    await devices.choose(kind, target.value);
    preview();
  });
}

// ---------------------------------------------------------------- the call

const enter = () => {
  hush();
  sessionStorage.setItem(inside, "yes");
  phase("call");
  part("stage").focus({ preventScroll: true });
  say(words.waiting);
  showMine();
  line = new Line({ address, seat, on: { peer, message, note: (one) => addNote(one, party), lost, found, over } });
  line.start();
  if (carrier === "janus") {
    relay();
  }
};
part("enter").addEventListener("click", enter);

// By a media server it is there as long as we are; by no other way than it lets us in: what it says stands in a page
// of its own, since it may be gone by now and the call goes straight.
const relay = async () => {
  const ice = await line.ice();
  if (line.closed) {
    return;
  }
  call = new Relayed({
    pass,
    ice,
    relayOnly: room.dataset.relay === "yes",
    tracks: { ...devices.tracks, video: screen ?? devices.video },
    on: { stream: play, state: connected },
  });
};

const pass = async () => {
  const answer = await fetch(room.dataset.pass, {
    method: "POST",
    credentials: "omit",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ seat, session: line.session }),
    signal: AbortSignal.timeout(20_000),
  });
  if (answer.status === 409) {
    location.reload(); // both go straight from here on
  }
  if (!answer.ok) {
    throw new Error(`no way in: ${answer.status}`);
  }
  return answer.json();
};

const peer = async (session) => {
  part("theirs").classList.toggle("away", session === null);
  if (session === null) {
    say(words.waiting);
    return;
  }
  if (carrier === "janus") {
    connected(call?.state);
    tellState();
    return;
  }
  if (call?.session === session) {
    connected(call.state);
    return;
  }
  call?.close();
  call = null;
  early.length = 0;
  say(words.connecting);
  const ice = await line.ice();
  if (line.peer !== session || line.closed) {
    return;
  }
  call = new Call({
    polite: party === "user",
    ice,
    relayOnly: room.dataset.relay === "yes",
    tracks: { ...devices.tracks, video: screen ?? devices.video },
    send: (payload) => line.send(payload, session),
    fresh: () => line.ice(),
    on: { stream: play, state: connected },
  });
  call.session = session;
  early.splice(0).forEach((payload) => call.take(payload));
  tellState();
};

// What comes while the relays are being asked for must not be lost.
const early = [];
const message = (payload) => {
  if (payload.state) {
    theirs = payload.state;
    showTheirs();
  } else if (carrier === "janus") {
    call?.restart(); // the other goes straight: the way in tells us so, too
  } else if (call && call.session === line.peer) {
    call.take(payload);
  } else {
    early.push(payload);
  }
};

const play = (stream) => {
  const video = part("theirs");
  if (video.srcObject !== stream) {
    video.srcObject = stream;
  }
  // Without a camera or a click of one's own a browser plays no sound by itself.
  video.play().then(() => { part("hear").hidden = true; }).catch(({ name }) => {
    part("hear").hidden = name !== "NotAllowedError";
  });
};
part("hear").addEventListener("click", () => play(part("theirs").srcObject));

const connected = (state) => {
  if (line.peer === null) {
    return;
  }
  if (state === "connected") {
    say(words.connected);
    part("theirs").classList.remove("away");
  } else if (state === undefined || state === "new") {
    say(words.connecting);
  } else if (state === "disconnected" || state === "failed") {
    say(words.reconnecting);
    part("quality").textContent = words.reconnecting;
  }
};

const lost = () => say(words.reconnecting);
const found = () => {
  if (call && call.state !== "connected") {
    call.restart();
  } else {
    say(call ? words.connected : words.waiting);
  }
};

setInterval(async () => {
  if (call?.state === "connected") {
    const quality = await call.quality();
    part("quality").textContent = words[quality];
    part("quality").dataset.quality = quality;
  }
}, 3000);

// ---------------------------------------------------------------- what one shows

const tellState = () => {
  const state = { microphone: devices.speaking, camera: devices.seen, screen: screen !== null };
  if (line?.peer) {
    line.send({ state });
  }
};

const showMine = () => {
  const track = screen ?? devices.video;
  part("mine").srcObject = track ? new MediaStream([track]) : null;
  part("mine").hidden = !track;
  part("mine").classList.toggle("mirrored", screen === null);
  const press = (name, on) => part(name).setAttribute("aria-pressed", String(on));
  press("speak", devices.speaking);
  press("show", devices.seen);
  press("share", screen !== null);
  part("speak").disabled = devices.audio === null;
  part("share").hidden = !navigator.mediaDevices?.getDisplayMedia;
};

const showTheirs = () => {
  const picture = theirs.camera || theirs.screen;
  part("theirs").classList.toggle("blank", !picture); // else the last one would stand there
  part("no-picture").hidden = picture;
  part("no-sound").hidden = theirs.microphone;
};

const changedMine = async () => {
  showMine();
  await call?.use("video", screen ?? devices.video);
  tellState();
};

part("speak").addEventListener("click", () => {
  devices.speak(!devices.speaking);
  changedMine();
});
part("show").addEventListener("click", async () => {
  await devices.show(!devices.seen);
  changedMine();
});
part("share").addEventListener("click", async () => {
  const before = screen;
  before?.stop();
  screen = before ? null : await devices.screen();
  screen?.addEventListener("ended", () => {
    screen = null;
    changedMine();
  });
  changedMine();
});

part("note-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = part("note").value.trim();
  if (text) {
    line.note(text);
    part("note").value = "";
  }
});

// ---------------------------------------------------------------- the end

const stop = () => {
  hush();
  call?.close();
  call = null;
  screen?.stop();
  devices.close();
  for (const name of ["theirs", "mine", "preview"]) {
    part(name).srcObject = null;
  }
};

const over = (why) => {
  sessionStorage.removeItem(inside);
  stop();
  phase("over");
  part("why").textContent = words[why] ?? words.over;
  part("again").hidden = !["superseded", "left"].includes(why);
  say(""); // the heading says it, and has the focus
  part("over").querySelector("h2").focus();
};

part("leave").addEventListener("click", () => {
  line.leave();
  over("left");
});
part("again").addEventListener("click", () => location.reload());
// A page that is reloaded comes back in by itself; one that goes says so, and the other does not wait for it.
addEventListener("pagehide", () => line?.leave());
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());

keepCounting(room, part("countdown"), words);
phase("lobby");
arrive();
