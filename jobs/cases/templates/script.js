"use strict";
(() => {
  const root = document.documentElement;
  const language = document.getElementById("language");
  const form = document.querySelector(".filters");
  const body = document.querySelector("#ranked tbody");
  const rows = Array.from(body.rows);
  const remember = (value) => { try { localStorage.setItem("fundwatch-lang", value); } catch { /* private window */ } };
  const remembered = () => { try { return localStorage.getItem("fundwatch-lang"); } catch { return null; } };

  function speak(lang) {
    root.dataset.lang = lang;
    root.lang = lang === "zh" ? "zh-CN" : "en";
    language.textContent = lang === "zh" ? "English" : "中文";
    for (const option of form.querySelectorAll("option")) option.textContent = option.dataset[lang];
    form.elements.text.placeholder = form.elements.text.dataset[lang];
    remember(lang);
  }

  const text = new Map(rows.map((row) => [row, (row.textContent + " " + row.dataset.id).toLowerCase()]));
  function filter() {
    const wanted = form.elements, words = wanted.text.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    let matches = 0;
    for (const row of rows) {
      const fits = ["area", "district", "level", "hint"].every((name) => !wanted[name].value || row.dataset[name] === wanted[name].value)
        && words.every((word) => text.get(row).includes(word));
      row.hidden = !fits;
      matches += fits;
    }
    wanted.matches.value = `${matches} / ${rows.length}`;
  }

  function sort(button) {
    const key = button.dataset.key, head = button.closest("th"), words = key === "name" || key === "area";
    const first = words || key === "rank" ? "ascending" : "descending";
    const next = head.getAttribute("aria-sort") === first ? (first === "ascending" ? "descending" : "ascending") : first;
    for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", next);
    const sign = next === "ascending" ? 1 : -1;
    const compare = words
      ? (a, b) => a.dataset[key].localeCompare(b.dataset[key], "zh")
      : (a, b) => Number(a.dataset[key]) - Number(b.dataset[key]);
    rows.sort((a, b) => sign * compare(a, b) || a.dataset.rank - b.dataset.rank);
    body.append(...rows);
  }

  const folded = Array.from(document.querySelectorAll("details"));
  let closed = [];
  window.addEventListener("beforeprint", () => { closed = folded.filter((part) => !part.open); closed.forEach((part) => { part.open = true; }); });
  window.addEventListener("afterprint", () => closed.forEach((part) => { part.open = false; }));
  language.addEventListener("click", () => speak(root.dataset.lang === "zh" ? "en" : "zh"));
  document.getElementById("print").addEventListener("click", () => window.print());
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const button of document.querySelectorAll("#ranked thead button")) button.addEventListener("click", () => sort(button));
  const asked = new URLSearchParams(location.search).get("lang") || remembered();
  if (asked === "en") speak("en");
})();
