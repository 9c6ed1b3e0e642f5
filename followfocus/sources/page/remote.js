// SPDX-License-Identifier: MIT
// The page for a phone. What is shown is what was told last; what is asked for is asked for now or not at all.
"use strict";
const one = (id) => document.getElementById(id);
let line = null, role = "watch", facts = null, number = 0, wait = 500, linked = false, refused = "";

function show() {
  const controls = linked && role === "control";
  one("link").textContent = linked ? "" : "Link lost. Trying again. What runs on the desk goes on.";
  one("link").classList.toggle("trouble", !linked);
  one("control").textContent = role === "control" ? "Give up control" : "Take control";
  one("control").disabled = !linked;
  one("focus").classList.toggle("stale", !linked);
  if (!facts) return;
  const armed = facts.state === "armed";
  one("stop").disabled = !controls;
  one("go").disabled = !(controls && armed && facts.outside_go);
  one("previous").disabled = one("next").disabled = !controls;
  one("slate").textContent = facts.slate;
  one("cue").textContent = `Cue ${facts.cue} ${facts.cue_name || ""}`.trim();
  one("state").textContent = !linked ? "?" : facts.state === "unreferenced" ? "where?" : facts.state;
  one("distance").textContent = facts.distance || "–";
  one("depth").textContent = facts.near ? `${facts.near} – ${facts.far}` : "";
  one("countdown").textContent = facts.countdown_s > 0 ? `${facts.countdown_s.toFixed(1)} s` : "";
  one("said").textContent = refused || facts.said || (facts.outside_go ? "" : "Outside GO is off.");
  one("said").classList.toggle("trouble", Boolean(refused || facts.trouble));
  one("rec").textContent = facts.rec === "unknown" ? "" : `Camera ${facts.rec}`;
  one("timecode").textContent = facts.timecode ? `${facts.timecode} ${facts.timecode_source}` : "";
  one("last").textContent = (facts.takes || []).join(" · ");
  one("buttons").hidden = role !== "control";
  one("strip").hidden = !facts.strip || role !== "control";
  one("strip").classList.toggle("off", !may(controls));
  marks(may(controls));
}

function may(controls) {
  const turns = !["armed", "playing", "no unit", "unreferenced", "fault"].includes(facts.state);
  return controls && facts.outside_go && turns;
}

// The strip: what a finger has moved since the last frame, as a share of the ring's travel. Left is toward close focus.
let finger = null, moved = 0;
function stripped() {
  if (moved && may(linked && role === "control")) {
    const share = Math.max(-0.05, Math.min(0.05, -moved / one("strip").clientWidth / 4));
    send({ strip: share });
  }
  moved = 0;
  if (finger !== null) requestAnimationFrame(stripped);
}
one("strip").addEventListener("pointerdown", (event) => {
  finger = event.clientX;
  one("strip").setPointerCapture(event.pointerId);
  requestAnimationFrame(stripped);
});
one("strip").addEventListener("pointermove", (event) => {
  if (finger === null) return;
  moved += event.clientX - finger;
  finger = event.clientX;
});
for (const end of ["pointerup", "pointercancel"]) one("strip").addEventListener(end, () => { finger = null; });

function marks(may) {
  const box = one("marks"), told = facts.marks || [];
  while (box.children.length > told.length) box.lastChild.remove();
  told.forEach((mark, i) => {
    let button = box.children[i];
    if (!button) {
      button = box.appendChild(document.createElement("button"));
      button.append(document.createElement("span"), document.createElement("span"));  // a long name, never a distance, is cut
      button.addEventListener("click", () => ask("to mark", button.dataset.letter));
    }
    button.dataset.letter = mark.letter;
    const name = [mark.letter, mark.name !== mark.letter ? mark.name : ""].filter(Boolean).join(" ");
    button.firstChild.textContent = name;
    button.lastChild.textContent = mark.distance;
    button.setAttribute("aria-label", `${name} ${mark.distance}`);
    button.disabled = !may;
  });
}

function send(message) {
  if (!line || line.readyState !== WebSocket.OPEN) return;
  line.send(JSON.stringify({ number: ++number, ...message }));
}

function ask(what, value = "") { send({ ask: what, value }); }

function heard(message) {
  if (message.facts) { facts = message.facts; role = message.role; }
  else if (message.answer && !message.passed) {
    refused = message.words;
    clearTimeout(heard.timer);
    heard.timer = setTimeout(() => { refused = ""; show(); }, 4000);
  }
  show();
}

// The desk says how things stand every second at least. A line that is silent is lost, though nothing closed it: that is
// how a network goes when somebody walks out of its reach.
const SILENT_MS = 3500;

function link() {
  const socket = line = new WebSocket(`ws://${location.host}/link`);
  let heardAt = performance.now(), over = false;
  const end = () => {
    if (over) return;
    over = true;
    clearInterval(watch);
    const was = linked;
    linked = false;
    show();
    if (!was && one("desk").hidden) return;  // never paired, or a session that is over: the code is asked for
    setTimeout(link, wait);
    wait = Math.min(wait * 2, 4000);
  };
  const watch = setInterval(() => {
    if (performance.now() - heardAt < SILENT_MS) return;
    socket.onopen = socket.onmessage = null;
    socket.close();
    end();
  }, 250);
  socket.onopen = () => { linked = true; wait = 500; one("pairing").hidden = true; one("desk").hidden = false; show(); };
  socket.onmessage = (event) => { heardAt = performance.now(); heard(JSON.parse(event.data)); };
  socket.onclose = end;
}

async function pair(code) {
  try {
    const answer = await fetch("/pair", { method: "POST", body: JSON.stringify({ code }) });
    const told = await answer.json();
    one("refused").textContent = answer.ok ? "" : told.words;
    if (answer.ok) link();
  } catch { one("refused").textContent = "The desk doesn't answer."; }
}

// Dark for the cart, red for eyes that are used to the night, bright for sun: each phone keeps its own.
const LIGHTS = ["dark", "red", "bright"];
function lit(name) {
  const at = Math.max(0, LIGHTS.indexOf(name)), next = LIGHTS[(at + 1) % LIGHTS.length];
  document.documentElement.dataset.light = LIGHTS[at];
  one("light").textContent = next[0].toUpperCase() + next.slice(1);
  one("light").setAttribute("aria-label", `Show it ${next}`);
  one("light").onclick = () => { keep(next); lit(next); };
}
function keep(name) { try { localStorage.setItem("light", name); } catch { /* a private window keeps nothing */ } }
function kept() { try { return localStorage.getItem("light"); } catch { return null; } }
lit(kept());

one("pair").addEventListener("submit", (event) => { event.preventDefault(); pair(one("code").value); });
one("control").addEventListener("click", () => send({ control: role !== "control" }));
for (const button of document.querySelectorAll("#buttons button")) {
  button.addEventListener("click", () => ask(button.dataset.ask));
}
if (location.hash.length > 1) {
  const code = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  pair(code);
} else link();
