// The line to the server: one poll after the other, quick while something is going on, with what is to be sent. Each
// answer says who sits opposite and what they have sent. What got no answer is sent again; its number tells the server.

const QUICK = 400;
const CALM = 1500;
const AGITATED_FOR = 10_000;
const LONGEST_WAIT = 8000;
const MOST_AT_ONCE = 50;

const newSession = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

export class Line {
  // `on`: {peer(session), message(payload, from), note(note), lost(), found(), over(why)}
  constructor({ address, seat, on }) {
    Object.assign(this, { address, seat, on, session: newSession(), peer: null, waiting: [], since: 0, number: 0 });
    Object.assign(this, { entered: false, closed: false, down: false, quickUntil: 0, wanted: [], wake: () => {} });
  }

  start() {
    this.agitate();
    this.run();
  }

  send(payload, target = this.peer) {
    if (target !== null) {
      this.waiting.push({ number: this.number++, target, payload });
      this.agitate();
    }
  }

  note(text) {
    this.send({ note: text }, "");
  }

  // Fresh credentials for the relay: they come with the next answer.
  ice() {
    const coming = new Promise((done) => this.wanted.push(done));
    this.agitate();
    return coming;
  }

  // By `keepalive`, because a page that goes cannot wait for an answer.
  leave() {
    if (this.closed || !this.entered) {
      return;
    }
    this.closed = true;
    this.ask({ leave: true, sent: [] }, { keepalive: true }).catch(() => {});
  }

  agitate() {
    this.quickUntil = performance.now() + AGITATED_FOR;
    this.wake();
  }

  async run() {
    while (!this.closed) {
      try {
        await this.poll();
        if (this.down) {
          this.down = false;
          this.on.found();
        }
      } catch {
        if (!this.down && !this.closed) {
          this.down = true;
          this.on.lost();
        }
        await wait(1000);
      }
      const pause = performance.now() < this.quickUntil ? QUICK : CALM;
      await Promise.race([wait(pause), new Promise((woken) => { this.wake = () => setTimeout(woken, QUICK / 2); })]);
    }
  }

  ask(more, options = {}) {
    const { seat, session, since } = this;
    return fetch(this.address, {
      method: "POST",
      credentials: "omit", // the seat alone speaks for us: no session is read for a poll
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ seat, session, since, ...more }),
      signal: AbortSignal.timeout(LONGEST_WAIT),
      ...options,
    });
  }

  async poll() {
    const sent = this.waiting.slice(0, MOST_AT_ONCE);
    const wanted = this.wanted.length > 0;
    const answer = await this.ask({ sent, enter: !this.entered, ice: wanted });
    if (answer.status === 400) {
      this.waiting.splice(0, sent.length); // sent again it would be refused again
      return;
    }
    if (answer.status === 404) {
      this.end("link");
      return;
    }
    if (!answer.ok) {
      throw new Error(`${answer.status}`);
    }
    this.take(await answer.json(), sent.length);
  }

  take(answer, sent) {
    if (this.closed) {
      return;
    }
    if (answer.closed || answer.superseded) {
      this.end(answer.closed ?? "superseded");
      return;
    }
    this.entered = true;
    this.waiting.splice(0, sent);
    if (answer.ice) {
      this.wanted.splice(0).forEach((done) => done(answer.ice));
    }
    if (answer.peer !== this.peer) {
      this.peer = answer.peer;
      this.agitate();
      this.on.peer(this.peer);
    }
    for (const message of answer.messages) {
      this.since = message.sequence;
      if (message.target === "") {
        this.on.note(message);
      } else if (message.from === this.peer) {
        this.agitate();
        this.on.message(message.payload);
      }
    }
  }

  end(why) {
    this.closed = true;
    this.on.over(why);
  }
}

// From outside, before one goes in: whether the other is there already.
export const look = async ({ address, seat }) => {
  const outside = new Line({ address, seat, on: {} });
  const answer = await outside.ask({ look: true, sent: [] });
  return answer.ok ? answer.json() : {};
};
