// Shows rows in which two columns hold nodes as a graph: a plugin of YASR, drawn by Cytoscape.

const MOST_EDGES = 2000;
let prefixes = [];

export function usePrefixes(known) {
  prefixes = Object.entries(known).sort((one, other) => other[1].length - one[1].length);
}

function shorten(iri) {
  for (const [prefix, namespace] of prefixes) {
    if (iri.startsWith(namespace)) return `${prefix}:${iri.slice(namespace.length)}`;
  }
  return iri;
}

const isNode = (term) => term !== undefined && (term.type === "uri" || term.type === "bnode");

function nodeColumns(results) {
  const rows = results.getBindings() ?? [];
  return (results.getVariables() ?? []).filter((name) => rows.some((row) => isNode(row[name])));
}

export function elements(rows, from, to) {
  const nodes = new Map();
  const edges = new Map();
  for (const row of rows) {
    const [source, target] = [row[from], row[to]];
    if (!isNode(source) || !isNode(target)) continue;
    for (const { value } of [source, target]) nodes.set(value, { data: { id: value, label: shorten(value) } });
    const id = `${source.value} ${target.value}`;
    const count = (edges.get(id)?.data.count ?? 0) + 1;
    edges.set(id, { data: { id, source: source.value, target: target.value, count } });
    if (edges.size >= MOST_EDGES) break;
  }
  return [...nodes.values(), ...edges.values()];
}

class GraphView {
  constructor(yasr) {
    this.yasr = yasr;
    this.priority = 5;
    this.label = "Graph";
    this.helpReference = "https://js.cytoscape.org/";
  }

  canHandleResults() {
    return Boolean(this.yasr.results) && nodeColumns(this.yasr.results).length > 1;
  }

  getIcon() {
    const icon = document.createElement("span");
    icon.textContent = "⚬";
    return icon;
  }

  draw() {
    const columns = nodeColumns(this.yasr.results);
    const choice = document.createElement("div");
    choice.className = "graph-choice";
    const [from, to] = [columns[0], columns[1]].map((chosen, place) => {
      const label = document.createElement("label");
      const select = document.createElement("select");
      select.append(...columns.map((name) => new Option(name, name, false, name === chosen)));
      select.addEventListener("change", () => this.show(from.value, to.value));
      label.append(place ? "to " : "from ", select);
      choice.append(label);
      return select;
    });
    this.place = document.createElement("div");
    this.place.className = "graph-view";
    this.yasr.resultsEl.append(choice, this.place);
    this.show(from.value, to.value);
  }

  show(from, to) {
    this.destroy();
    this.graph = window.cytoscape({
      container: this.place,
      elements: elements(this.yasr.results.getBindings(), from, to),
      layout: { name: "cose", animate: false, nodeDimensionsIncludeLabels: true },
      maxZoom: 2,
      style: [
        { selector: "node", style: { label: "data(label)", "font-size": 10, width: 14, height: 14, "background-color": "#1f5d99" } },
        {
          selector: "edge",
          style: { width: "mapData(count, 1, 20, 1, 6)", "curve-style": "bezier", "target-arrow-shape": "triangle", "line-color": "#9aa8b8", "target-arrow-color": "#9aa8b8" },
        },
      ],
    });
    this.place.dataset.nodes = String(this.graph.nodes().length);
    this.place.dataset.edges = String(this.graph.edges().length);
  }

  destroy() {
    this.graph?.destroy();
    this.graph = undefined;
  }
}

export function register(Yasgui) {
  Yasgui.Yasr.registerPlugin("graph", GraphView);
}
