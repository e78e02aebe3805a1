// What the manifest and the build configuration of a published package say, derived from the little that its owner writes:
// name, version, description, keywords, exports (to ./src) and dependencies. `npm run fix` writes it, `npm run check` compares.

const order = [
  'name',
  'version',
  'description',
  'keywords',
  'license',
  'type',
  'sideEffects',
  'engines',
  'bin',
  'files',
  'exports',
  'publishConfig',
  'dependencies',
  'peerDependencies',
  'peerDependenciesMeta',
  'devDependencies',
]

/** Packages of which an application must hold one copy only: whoever uses them says so as a peer. */
function isShared(name, kinds) {
  return kinds.get(name) === 'provider' || kinds.get(name) === 'interface' || kinds.get(name) === 'core'
}

/** `./src/a/index.ts` becomes the three conditions of the built file. */
export function builtExports(exports) {
  return Object.fromEntries(
    Object.entries(exports).map(([path, source]) => {
      if (typeof source !== 'string' || !source.startsWith('./src/')) return [path, source]
      const stem = source.replace('./src/', './dist/').replace(/\.ts$/, '')
      return [path, { types: `${stem}.d.ts`, workerd: `${stem}.js`, default: `${stem}.js` }]
    }),
  )
}

/** The whole manifest that a package should have. `kinds` maps the names of all packages to their kinds. */
export function wantedManifest(manifest, kinds) {
  const dependencies = { ...manifest.dependencies }
  const peerDependencies = { ...manifest.peerDependencies }
  const devDependencies = { ...manifest.devDependencies }
  for (const name of [...Object.keys(dependencies), ...Object.keys(peerDependencies)]) {
    if (!kinds.has(name)) continue
    if (isShared(name, kinds)) {
      delete dependencies[name]
      peerDependencies[name] = 'workspace:^'
      devDependencies[name] = 'workspace:^'
    } else if (name in dependencies) dependencies[name] = 'workspace:^'
  }
  const wanted = {
    ...manifest,
    license: 'MIT',
    type: 'module',
    sideEffects: false,
    engines: { node: '>=22' },
    files: ['dist', '!dist/.tsbuildinfo', 'README.md', 'LICENSE'],
    publishConfig: { access: 'public', exports: builtExports(manifest.exports) },
    dependencies: sorted(dependencies),
    peerDependencies: sorted(peerDependencies),
    devDependencies: sorted(devDependencies),
  }
  if (manifest.bin !== undefined) {
    wanted.publishConfig.bin = Object.fromEntries(
      Object.entries(manifest.bin).map(([name, source]) => [name, source.replace('./src/', './dist/').replace(/\.ts$/, '.js')]),
    )
  }
  for (const field of ['dependencies', 'peerDependencies', 'devDependencies']) {
    if (Object.keys(wanted[field]).length === 0) delete wanted[field]
  }
  const rank = (key) => (order.includes(key) ? order.indexOf(key) : order.length)
  return Object.fromEntries(Object.entries(wanted).sort(([a], [b]) => rank(a) - rank(b)))
}

/** The composite project that emits a package's declarations: its references are its dependencies, no more and no less. */
export function wantedBuildConfig(one, all) {
  const up = one.folder
    .split('/')
    .map(() => '..')
    .join('/')
  const needs = { ...one.manifest.dependencies, ...one.manifest.peerDependencies }
  const references = all
    .filter(({ name }) => name in needs)
    .map(({ folder }) => ({ path: `${up}/${folder}/tsconfig.build.json` }))
  return {
    extends: `${up}/tsconfig.base.json`,
    compilerOptions: {
      composite: true,
      emitDeclarationOnly: true,
      noEmitOnError: true,
      rootDir: 'src',
      outDir: 'dist',
      tsBuildInfoFile: 'dist/.tsbuildinfo',
    },
    include: ['src'],
    exclude: ['src/**/*.test.ts', 'src/**/test/**', 'src/**/testing/**'],
    references,
  }
}

function sorted(record) {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => a.localeCompare(b)))
}
