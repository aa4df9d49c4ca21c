"use strict";
// Links alone carry a reader from a requirement to its clause and back; this adds the other clauses of the requirement, and the place in view.
const all = (selector) => Array.from(document.querySelectorAll(selector));
const named = (name) => all("[data-rows]").filter((piece) => piece.dataset.places.split(" ").includes(name));
const answering = (row) => all("[data-rows]").filter((piece) => piece.dataset.rows.split(" ").includes(row));

function show(target, chosen) {
  all(".active").forEach((element) => element.classList.remove("active", "opposing"));
  const place = document.getElementById(target);
  if (!place) return;
  const isRow = target.startsWith("r-");
  const row = isRow ? target : chosen;
  const pieces = row ? answering(row) : named(target);
  const rows = row ? [row] : pieces.flatMap((piece) => piece.dataset.rows.split(" "));
  pieces.forEach((piece) => piece.classList.add("active"));
  pieces.filter((piece) => piece.dataset.against?.split(" ").includes(row)).forEach((piece) => piece.classList.add("opposing"));
  rows.forEach((name) => document.getElementById(name)?.classList.add("active"));
  place.closest("[tabindex]")?.focus({ preventScroll: true });
  // The row first: on a narrow screen both scroll together, and the place is what was asked for.
  if (row) document.getElementById(row)?.scrollIntoView({ block: "nearest" });
  place.scrollIntoView({ block: "center" });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#"]');
  if (!link || link.classList.contains("skip") || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const target = decodeURIComponent(link.hash.slice(1));
  history.pushState(link.dataset.row ?? null, "", link.hash);
  show(target, link.dataset.row);
});
addEventListener("popstate", (event) => show(decodeURIComponent(location.hash.slice(1)), event.state));
if (location.hash) show(decodeURIComponent(location.hash.slice(1)), history.state);
