// usage: node by-hand.js package-lock.json
//
// Prints a Guix file that evaluates to the project of a package-lock.json. Each package is defined as Guix packagers do
// it: node-build-system with phases of its own, and dependencies as inputs. If packages need each other, one edge is
// left out.
const { packages } = JSON.parse(require('fs').readFileSync(process.argv[2], 'utf8'));
const locations = Object.keys(packages).filter(location => location);

// Resolves as Node does: one level up at a time.
function resolved(from, name) {
  for (let at = from; ;) {
    const location = `${at && `${at}/`}node_modules/${name}`;
    if (packages[location]) return location;
    if (!at) return null;
    at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')));
  }
}
const needs = location => Object.keys({ ...packages[location].dependencies, ...packages[location].optionalDependencies,
  ...(location ? {} : packages[location].devDependencies) })
  .map(name => resolved(location, name)).filter(found => found);

const numbers = new Map(locations.map((location, number) => [location, number]));
const plain = location => location.replace(/^.*node_modules\/@?/, '').replace(/[^a-z0-9]+/gi, '-').toLowerCase();
const variable = location => `node-${plain(location)}-${numbers.get(location)}`;
const state = new Map(), kept = new Map();
function visit(location) {
  state.set(location, 'open');
  const edges = [];
  for (const to of needs(location)) {
    if (!state.has(to)) visit(to);
    if (state.get(to) === 'done') edges.push(to);
  }
  kept.set(location, edges);
  state.set(location, 'done');
}
[...locations, ''].forEach(location => state.has(location) || visit(location));

const inputs = location => kept.get(location).length ? `\n    (inputs (list ${kept.get(location).map(variable).join('\n                  ')}))` : '';
const definition = (name, location, source) => `  (package
    (name "${name}")
    (version "${packages[location].version}")
    (source ${source})
    (build-system node-build-system)
    (arguments
     (list
      #:tests? #f
      #:phases
      #~(modify-phases %standard-phases
          (add-after 'patch-dependencies 'delete-dev-dependencies
            (lambda _
              (modify-json (delete-dev-dependencies))))
          (delete 'build))))${inputs(location)}
    (home-page "https://example.org/")
    (synopsis "One of many packages")
    (description "This is one of many packages.")
    (license license:expat))`;
console.log(`(use-modules (guix packages) (guix download) (guix gexp) (guix build-system node)
             ((guix licenses) #:prefix license:))
`);
for (const [location] of kept) {
  if (!location) continue;
  const name = variable(location);
  console.log(`(define-public ${name}
${definition(name, location, `(origin
       (method url-fetch)
       (uri "https://example.org/${name}.tgz")
       (sha256
        (base32 "${String(numbers.get(location)).padStart(52, '0')}")))`)})
`);
}
console.log(definition('measured', '', '#f'));
