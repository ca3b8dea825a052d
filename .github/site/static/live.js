/* A page's text comes first. What a live figure needs, its data and code, is fetched when the reader
comes near it, or when all the rest is there. */

const files = new Map();

function fetched(name) {
  if (!files.has(name)) {
    files.set(name, new Promise((resolve, reject) => {
      const script = document.createElement("script"); // unlike fetch, also from a folder
      script.src = `${document.documentElement.dataset.content_root}figures/${name}.js`;
      [script.onload, script.onerror] = [resolve, reject];
      document.head.append(script);
    }));
  }
  return files.get(name);
}

async function wake({ dataset }) {
  await Promise.all([fetched(dataset.code), fetched(dataset.explorable)]);
  startFigure(dataset.explorable);
}

const hosts = [...document.querySelectorAll("[data-explorable]")];
const near = new IntersectionObserver(
  entries => entries.filter(entry => entry.isIntersecting).forEach(({ target }) => {
    near.unobserve(target);
    wake(target);
  }),
  { rootMargin: "50% 0px" },
);
hosts.forEach(host => near.observe(host));

addEventListener("load", async () => {
  for (const host of hosts) await wake(host);
  document.querySelectorAll("img[loading=lazy]").forEach(picture => { picture.loading = "eager"; });
});
