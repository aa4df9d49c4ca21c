// The page: the catalogue at the left, what is asked and its parameters above, the editor and the answer of YASGUI below.
import { register, usePrefixes } from "/static/graph-view.js";

const RESULTS = "application/sparql-results+json";
const byId = (id) => document.getElementById(id);

function openEditor(prefixes) {
  const Yasgui = window.Yasgui;
  register(Yasgui);
  // Nothing is looked up on other servers while a query is written.
  Yasgui.Yasqe.defaults.autocompleters = Yasgui.Yasqe.defaults.autocompleters.filter((name) => name === "variables");
  return new Yasgui(byId("yasgui"), {
    requestConfig: { endpoint: new URL("/sparql", location.href).href, method: "POST" },
    copyEndpointOnNewTab: true,
    yasr: { prefixes, pluginOrder: ["table", "graph", "response"], defaultPlugin: "table" },
  });
}

async function ask(editor, question, given) {
  const tab = editor.getTab();
  tab.setQuery(question.text);
  const begun = performance.now();
  try {
    const response = await fetch(`/questions/${encodeURIComponent(question.name)}?${new URLSearchParams(given)}`, { headers: { Accept: RESULTS } });
    const data = await response.text();
    const took = Math.round(performance.now() - begun);
    const error = response.ok ? undefined : { text: data, status: response.status, statusText: response.statusText };
    tab.getYasr().setResponse(error ? { error, status: response.status } : { data, contentType: RESULTS, status: response.status, executionTime: took });
  } catch (failure) {
    tab.getYasr().setResponse({ error: { text: String(failure) } });
  }
}

function field(parameter) {
  const label = document.createElement("label");
  const input = document.createElement("input");
  input.name = parameter.name;
  input.placeholder = parameter.default ?? (parameter.type === "iri" ? "prefix:name or IRI" : parameter.type);
  label.title = parameter.meaning;
  label.append(`${parameter.name}: ${parameter.meaning}`, input);
  return label;
}

function choose(editor, question, language) {
  byId("question").hidden = false;
  byId("asked").textContent = question.questions[language] ?? question.questions.en;
  byId("why").textContent = question.why;
  byId("read").textContent = question.read;
  const button = document.createElement("button");
  button.textContent = "Ask";
  const form = byId("parameters");
  form.replaceChildren(...question.parameters.map(field), button);
  form.onsubmit = (event) => {
    event.preventDefault();
    ask(editor, question, [...new FormData(form)].filter(([, value]) => value.trim()));
  };
  ask(editor, question, []);
}

function list(editor, questions) {
  const language = byId("language").value;
  const wanted = byId("filter").value.trim().toLowerCase();
  const shown = questions.filter(({ name, questions: texts }) => `${name} ${Object.values(texts).join(" ")}`.toLowerCase().includes(wanted));
  byId("questions").replaceChildren(
    ...shown.map((question) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.textContent = question.questions[language] ?? question.questions.en;
      button.dataset.question = question.name;
      button.addEventListener("click", () => {
        document.querySelector("#questions [aria-current]")?.removeAttribute("aria-current");
        button.setAttribute("aria-current", "true");
        choose(editor, question, language);
      });
      item.append(button);
      return item;
    }),
  );
}

const catalogue = await (await fetch("/questions")).json();
usePrefixes(catalogue.prefixes);
const editor = openEditor(catalogue.prefixes);
const languages = [...new Set(catalogue.questions.flatMap(({ questions }) => Object.keys(questions)))].sort();
byId("language").append(...languages.map((language) => new Option(language, language)));
const show = () => list(editor, catalogue.questions);
byId("filter").addEventListener("input", show);
byId("language").addEventListener("change", show);
show();
