"use strict";
const form = document.querySelector(".filter");
if (form) {
  const rows = Array.from(document.querySelectorAll("#accounts tbody tr"));
  const sections = new Map(Array.from(document.querySelectorAll("section.account"), (it) => [it.id, it]));
  const count = document.getElementById("count");
  const words = rows.map((row) => row.textContent.toLowerCase());
  form.hidden = false;
  const apply = () => {
    const wanted = form.elements.text.value.toLowerCase();
    const worst = form.elements.worst.value;
    let shown = 0;
    rows.forEach((row, at) => {
      const fits = words[at].includes(wanted) && (worst === "" || row.dataset.worst === worst);
      row.hidden = !fits;
      const section = sections.get(row.dataset.account);
      if (section) section.hidden = !fits;
      if (fits) shown += 1;
    });
    count.textContent = shown + " of " + rows.length + " accounts shown";
  };
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
}
