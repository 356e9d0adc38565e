// Plain selects: what a browser gives every keyboard and screen reader. Nothing is loaded from anywhere.
const CONTROLS = [
  ["outcome", "Outcome"],
  ["visit", "Visit"],
  ["subgroup", "Subgroups by"],
  ["clinic", "Clinic"],
  ["method", "Method"],
];
const PAUSE = 250; // milliseconds: somebody who walks through a list with the arrow keys is let through

let count = 0;

function control(model, name, text) {
  const label = document.createElement("label");
  const select = document.createElement("select");
  select.id = `outcomes-${name}-${++count}`;
  select.name = name;
  // JupyterLab looks at the focused element itself before it takes a key for a command of the notebook.
  select.setAttribute("data-lm-suppress-shortcuts", "true");
  for (const kind of ["keydown", "keypress", "keyup"]) {
    select.addEventListener(kind, (event) => event.stopPropagation());
  }
  label.htmlFor = select.id;
  label.textContent = text;
  const fill = () => {
    const options = model.get("options")[name] || [];
    select.replaceChildren(...options.map(([value, words]) => new Option(words, value)));
    select.value = model.get("chosen")[name] ?? "";
    select.disabled = options.length < 2;
  };
  fill();
  return { label, select, fill };
}

function render({ model, el }) {
  const form = document.createElement("fieldset");
  form.className = "outcomes-controls";
  const legend = document.createElement("legend");
  legend.textContent = "Explore";
  const said = document.createElement("output");
  said.setAttribute("aria-live", "polite");
  form.append(legend);
  const made = CONTROLS.map(([name, text]) => control(model, name, text));
  let waiting = null;
  for (const { label, select } of made) {
    const pair = document.createElement("div");
    pair.append(label, select);
    form.append(pair);
    select.addEventListener("change", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => {
        waiting = null;
        model.set("chosen", Object.fromEntries(made.map((one) => [one.select.name, one.select.value])));
        model.save_changes();
      }, PAUSE);
    });
  }
  const tell = () => {
    said.textContent = model.get("busy") ? "Working …" : model.get("said");
  };
  const refill = () => {
    if (waiting === null) made.forEach((one) => one.fill());
  };
  model.on("change:busy change:said", tell);
  model.on("change:options change:chosen", refill);
  tell();
  form.append(said);
  el.append(form);
  return () => {
    clearTimeout(waiting);
    model.off("change:busy change:said", tell);
    model.off("change:options change:chosen", refill);
  };
}

export default { render };
