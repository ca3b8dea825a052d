/* Sphinx finds the page; this leads to the section that holds the words. */

const summary = Search.makeSearchSummary;

Search.makeSearchSummary = (text, words, anchor) => {
  const found = summary(text, words, anchor);
  if (anchor || !found) return found;
  const page = new DOMParser().parseFromString(text, "text/html");
  const count = section => {
    const own = [...section.children].filter(child => child.tagName !== "SECTION");
    const said = own.map(child => child.textContent).join(" ").toLowerCase();
    return [...words].filter(word => said.includes(word.toLowerCase())).length;
  };
  const sections = [...page.querySelectorAll("article section[id]")];
  const best = sections.sort((a, b) => count(b) - count(a))[0]; // of equals the first
  queueMicrotask(() => { // then it stands below its link
    const link = found.parentElement.querySelector("a");
    link.hash = best.id;
    const heading = best.querySelector(":scope > :is(h2, h3, h4)");
    if (heading) link.append(`: ${heading.firstChild.textContent}`);
  });
  return found;
};
