// Publishes tarballs with npm's own library: `publish.js REGISTRY TOKEN TARBALL...`.
const fs = require('node:fs')
const { publish } = require('libnpmpublish')
const pacote = require('pacote')

const [registry, token, ...tarballs] = process.argv.slice(2)
const options = { registry, forceAuth: { token }, fullReadJson: true }

async function all () {
  for (const tarball of tarballs) {
    await publish(await pacote.manifest(`file:${tarball}`, options), fs.readFileSync(tarball), options)
  }
}

all().catch((error) => {
  console.error(error)
  process.exit(1)
})
