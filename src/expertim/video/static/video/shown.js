// What the page of a room writes besides pictures: the time that is left, and the notes.

const PART = (amount) => String(amount).padStart(2, "0");

const span = (milliseconds) => {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours ? `${hours}:${PART(minutes)}:${PART(seconds % 60)}` : `${minutes}:${PART(seconds % 60)}`;
};

// By the platform's clock, which need not be this machine's: what counts is how long ago the page was made.
export const keepCounting = (room, place, words) => {
  const [starts, ends, made] = ["starts", "ends", "now"].map((name) => Date.parse(room.dataset[name]));
  const show = () => {
    const now = made + performance.now();
    let text = words.pastEnd;
    if (now < starts) {
      text = words.begins.replace("TIME", span(starts - now));
    } else if (now < ends) {
      text = words.left_time.replace("TIME", span(ends - now));
    }
    if (place.textContent !== text) {
      place.textContent = text;
    }
  };
  show();
  setInterval(show, 1000);
};

export const addNote = ({ party, payload, at }, mine) => {
  const list = document.getElementById("notes");
  const line = document.createElement("li");
  const who = document.createElement("strong");
  const time = document.createElement("time");
  who.textContent = party === mine ? list.dataset.you : list.dataset.other;
  time.dateTime = at;
  // Written as on all our pages, in the person's own zone, wherever this machine is.
  const way = { hour: "2-digit", minute: "2-digit", timeZone: list.dataset.zone };
  time.textContent = new Date(at).toLocaleTimeString("en-GB", way);
  const text = document.createElement("p");
  text.textContent = payload.note;
  line.append(who, " ", time, text);
  list.append(line);
  line.scrollIntoView({ block: "nearest" });
};
