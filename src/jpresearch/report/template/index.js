// Search over what the index shows and folds: every word of the query must stand in an entry.
(() => {
  const field = document.getElementById("find"), told = document.getElementById("found");
  const plain = (text) => text.normalize("NFKC").toLowerCase();
  let entries;
  const read = () => [...document.querySelectorAll("[data-find]")].flatMap((part) =>
    [...part.querySelectorAll(part.dataset.find)].map((entry) => [entry, plain(entry.textContent)]));
  const search = () => {
    entries ??= read();
    const words = plain(field.value).split(/\s+/).filter(Boolean);
    let count = 0;
    for (const [entry, text] of entries) {
      const hit = words.every((word) => text.includes(word));
      entry.hidden = !hit;
      count += hit;
    }
    for (const fold of document.querySelectorAll("[data-find] details")) {
      const any = fold.querySelector("li.entry:not([hidden])");
      fold.hidden = !any;
      fold.open = words.length > 0 && Boolean(any);
    }
    document.body.classList.toggle("searching", words.length > 0);
    told.textContent = words.length ? told.dataset.words.replace("#", count) : "";
  };
  field.closest("search").hidden = false;
  field.addEventListener("input", search);
  if (field.value) search();
})();
